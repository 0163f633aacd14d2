import {
  float32,
  int64,
  isJsonObject,
  type JsonObject,
  Random,
  type Tensor,
  toNumbers,
} from "../base/index.js";
import { leaves, nameOf, type Value } from "../engine/index.js";
import { openRuntime } from "../engine/runtimes/node.js";
import type { ExportedGraph, ExportedGraphs, ExportForm } from "./export-graphs.js";
import type { OpenModel } from "./open-model.js";
import { type OnnxSession, openOnnx } from "./run-onnx.js";

// What was written is run on random ids beside the model as we compute it over whole texts. A decoder is run twice: over
// whole texts at once, and in two steps, of which the second reads the cache that the first gave.

/** How the outputs of a file compare with ours on the same inputs. */
export interface Parity {
  /** The largest |theirs - ours| over all outputs, and the largest |ours|. */
  readonly largestDifference: number;
  readonly largestOutput: number;
  /** Of outputs that are classes or words: how many of the random rows have another likeliest one. */
  readonly changedRows: number;
  readonly rowCount: number;
}

/** The random inputs, and what we compute from them. */
export interface ParityCheck {
  /** Compare files that work together, by the names of their graphs. */
  compare(files: ReadonlyMap<string, Uint8Array>): Promise<ReadonlyMap<string, Parity>>;
}

const rowCount = 8;

/** Compute what the files are compared with. */
export async function parityCheck(
  exported: ExportedGraphs,
  { network, config }: Pick<OpenModel, "network" | "config">,
  weights: ReadonlyMap<string, Tensor>,
): Promise<ParityCheck> {
  const { whole, form } = exported;
  const { vocabularySize, maxLength } = network;
  const wordCount = form === "encoder-decoder" ? (whole.get("logits")!.shape[2] as number) : vocabularySize;
  const feeds = randomFeeds(leaves([...whole.values()], "input"), {
    ...{ vocabularySize, wordCount, form, paddingIds: paddingIdsOf(config) },
    length: Math.min(24, maxLength),
  });
  const program = await (await openRuntime()).compile(whole);
  const used = new Set(leaves([...whole.values()], "parameter").map(nameOf));
  const parameters = [...weights].filter(([name]) => used.has(name));
  const expected = await program.run(new Map([...feeds, ...parameters]));
  await program.close();
  return {
    async compare(files) {
      const sessions = new Map<string, OnnxSession>();
      try {
        for (const [name, bytes] of files) sessions.set(name, await openOnnx(bytes));
        const runs = await runners[form](
          exported.files,
          (name, given) => sessions.get(name)!.run(given),
          feeds,
        );
        return new Map([...runs].map(([name, outputs]) => [name, together(outputs, expected)]));
      } finally {
        for (const session of sessions.values()) await session.close();
      }
    },
  };
}

interface FeedSizes {
  /** Of the words that are read, and of those that are written. */
  readonly vocabularySize: number;
  readonly wordCount: number;
  readonly paddingIds: ReadonlySet<number>;
  readonly form: ExportForm;
  readonly length: number;
}

/**
 * Texts of random ids, one of them half as long as the others but where a text is what a decoder writes: there whoever
 * runs it says where each token stands.
 */
function randomFeeds(inputs: readonly Value[], sizes: FeedSizes): Map<string, Tensor> {
  const { vocabularySize, wordCount, paddingIds, form, length } = sizes;
  const random = new Random(1);
  const word = (count: number): number => {
    const id = random.integer(count);
    return paddingIds.has(id) ? word(count) : id;
  };
  const choiceCount = 3;
  const predictedCount = Math.ceil(length / 4);
  const textLength = (text: number): number =>
    text === 1 && form !== "decoder" ? Math.ceil(length / 2) : length;
  const texts = (value: (isToken: boolean) => number) => (shape: readonly number[]) => {
    const textCount = shape.slice(0, -1).reduce((a, b) => a * b);
    const rows = Array.from({ length: textCount }, (_, text) =>
      Array.from({ length }, (_, i) => value(i < textLength(text))),
    );
    return int64(shape, rows.flat());
  };
  const squares = (columns: number, value: (row: number, column: number) => boolean) => () => {
    const one = Array.from({ length: columns * length }, (_, i) =>
      Number(value(Math.floor(i / length), i % length)),
    );
    return int64([rowCount, columns, length], Array.from({ length: rowCount }, () => one).flat());
  };
  const all: Readonly<Record<string, (shape: readonly number[]) => Tensor>> = {
    input_ids: texts((isToken) => (isToken ? word(vocabularySize) : 0)),
    attention_mask: texts(Number),
    token_type_ids: texts(() => 0),
    decoder_input_ids: texts(() => word(wordCount)),
    decoder_attention_mask: texts(() => 1),
    perm_mask: squares(length, (row, column) => column >= row), // in the order in which they stand
    target_mapping: squares(predictedCount, (row, column) => column === length - predictedCount + row),
  };
  return new Map(
    inputs.map((value) => {
      const shape = value.shape.length === 3 ? [rowCount, choiceCount, length] : [rowCount, length];
      return [nameOf(value), all[nameOf(value)]!(shape)];
    }),
  );
}

/** What no text has: RoBERTa, say, counts positions without it. */
function paddingIdsOf(config: JsonObject): ReadonlySet<number> {
  const all = [config, config["encoder"], config["decoder"]].flatMap((part) =>
    isJsonObject(part) && typeof part["pad_token_id"] === "number" ? [part["pad_token_id"]] : [],
  );
  return new Set(all);
}

type Feeds = ReadonlyMap<string, Tensor>;
type Outputs = ReadonlyMap<string, Tensor>;
type RunFile = (name: string, feeds: Feeds) => Promise<Outputs>;

/** What each file gave, once or twice, by its name. */
type Runs = ReadonlyMap<string, readonly Outputs[]>;

const runners: Readonly<
  Record<ExportForm, (files: readonly ExportedGraph[], run: RunFile, feeds: Feeds) => Promise<Runs>>
> = {
  whole: async (_, run, feeds) => new Map([["model", [await run("model", feeds)]]]),
  async decoder([file], run, feeds) {
    const ids = feeds.get("input_ids")!;
    const more = (start: number, end: number): Feeds => {
      const places = Array.from({ length: rowCount }, () =>
        Array.from({ length: end - start }, (_, i) => start + i),
      );
      return new Map([
        ["attention_mask", ones([rowCount, end])],
        ["position_ids", int64([rowCount, end - start], places.flat())],
      ]);
    };
    return new Map([["model", await twice(file!, run, ids, more)]]);
  },
  async "encoder-decoder"([encoder, decoder], run, feeds) {
    const read = await run(encoder!.name, feeds);
    const source = new Map([
      ["encoder_attention_mask", feeds.get("attention_mask")!],
      ["encoder_hidden_states", read.get("last_hidden_state")!],
    ]);
    const written = await twice(decoder!, run, feeds.get("decoder_input_ids")!, () => source);
    return new Map([
      [encoder!.name, [read]],
      [decoder!.name, written],
    ]);
  },
};

/** The logits of a decoder over whole texts, and over the same in two steps. */
async function twice(
  { name, outputs }: ExportedGraph,
  run: RunFile,
  ids: Tensor,
  more: (start: number, end: number) => Feeds,
): Promise<Outputs[]> {
  const length = ids.shape[1]!;
  const cut = Math.ceil(length / 2);
  const step = (start: number, end: number, past: Feeds): Promise<Outputs> =>
    run(name, new Map([["input_ids", columns(ids, start, end)], ...more(start, end), ...past]));
  const empty = leaves([...outputs.values()], "input")
    .filter((value) => nameOf(value).startsWith("past_key_values."))
    .map((value) => [nameOf(value), emptyCache(value)] as const);
  const whole = await step(0, length, new Map(empty));
  const before = await step(0, cut, new Map(empty));
  const past = [...before].map(([output, tensor]) => [output.replace("present", "past_key_values"), tensor]);
  const after = await step(cut, length, new Map(past as [string, Tensor][]));
  const joined = beside(before.get("logits")!, after.get("logits")!);
  return [whole, new Map([["logits", joined]])];
}

function ones(shape: readonly [number, number]): Tensor {
  return int64(shape, new Uint8Array(shape[0] * shape[1]).fill(1));
}

/** Keys or values of no tokens. */
function emptyCache({ shape }: Value): Tensor {
  const [, headCount, , headSize] = shape as [string, number, string, number];
  return float32([rowCount, headCount, 0, headSize], []);
}

/** Some columns of ids `[rows, length]`. */
function columns({ shape, data }: Tensor, start: number, end: number): Tensor {
  const ids = Array.from(data as BigInt64Array, Number);
  const rows = Array.from({ length: shape[0]! }, (_, row) =>
    ids.slice(row * shape[1]! + start, row * shape[1]! + end),
  );
  return int64([shape[0]!, end - start], rows.flat());
}

/** Logits `[rows, first, words]` and `[rows, second, words]` as `[rows, first + second, words]`. */
function beside(first: Tensor, second: Tensor): Tensor {
  const [rows, firstLength, words] = first.shape as [number, number, number];
  const length = firstLength + second.shape[1]!;
  const data = new Float32Array(rows * length * words);
  for (let row = 0; row < rows; row++)
    for (const [{ shape, data: from }, offset] of [[first, 0] as const, [second, firstLength] as const]) {
      const size = shape[1]! * words;
      const band = (from as Float32Array).subarray(row * size, (row + 1) * size);
      data.set(band, (row * length + offset) * words);
    }
  return float32([rows, length, words], data);
}

/** Compare all that a file gave with what was expected under the same names. */
function together(runs: readonly Outputs[], expected: Outputs): Parity {
  const all = runs.flatMap((outputs) =>
    [...expected].flatMap(([name, ours]) => {
      const theirs = outputs.get(name);
      return theirs === undefined ? [] : [parityOf(name, ours, theirs)];
    }),
  );
  const largest = (part: "largestDifference" | "largestOutput"): number =>
    Math.max(...all.map((parity) => parity[part]));
  const sum = (part: "changedRows" | "rowCount"): number =>
    all.reduce((total, parity) => total + parity[part], 0);
  return {
    largestDifference: largest("largestDifference"),
    largestOutput: largest("largestOutput"),
    changedRows: sum("changedRows"),
    rowCount: sum("rowCount"),
  };
}

function parityOf(name: string, { dtype, data, shape }: Tensor, got: Tensor): Parity {
  const ours = toNumbers(dtype, data);
  const theirs = toNumbers(dtype, got.data);
  let [largestDifference, largestOutput, changedRows, rowCount] = [0, 0, 0, 0];
  ours.forEach((value, i) => {
    largestDifference = Math.max(largestDifference, Math.abs(value - theirs[i]!));
    largestOutput = Math.max(largestOutput, Math.abs(value));
  });
  if (name !== "logits") return { largestDifference, largestOutput, changedRows, rowCount };
  const size = shape.at(-1)!;
  const best = (numbers: Float64Array, start: number): number => {
    let at = 0;
    for (let i = 1; i < size; i++) if (numbers[start + i]! > numbers[start + at]!) at = i;
    return at;
  };
  for (let start = 0; start < ours.length; start += size) {
    rowCount++;
    if (best(ours, start) !== best(theirs, start)) changedRows++;
  }
  return { largestDifference, largestOutput, changedRows, rowCount };
}
