// Decoders of a few numbers, for the tests of this folder.
import { Random } from "../base/random.js";
import { sizeOf, type Tensor } from "../base/tensor.js";
import {
  add,
  broadcast,
  cast,
  gather,
  input,
  matmul,
  multiply,
  multiplyDimensions,
  nameOf,
  parameter,
  referenceRuntime,
  reshape,
  sizeAt,
  slice,
  subtractDimensions,
  tanh,
  type Value,
} from "../engine/index.js";
import type { Decoder, StateSlot } from "../models/index.js";
import { attendWithPast, causalBias, splitHeads } from "../nn/index.js";
import { type DecoderGraphs, decoderGraphs, decoderParameters } from "./decoder-graphs.js";
import { type ReadyDecoder, readyDecoder } from "./ready-decoder.js";

export const vocabularySize = 7;

/** A decoder on the reference runtime, and its graphs for others. */
export interface ToyDecoder extends ReadyDecoder {
  readonly graphs: DecoderGraphs;
  /** Of all graphs. */
  readonly all: ReadonlyMap<string, Tensor>;
}

/** What follows depends on the last token alone, by the rows of a table `[token, next]` of log-probabilities. */
export async function tableDecoder(table: readonly (readonly number[])[]): Promise<ToyDecoder> {
  const size = table.length;
  const decoder: Decoder = {
    step: ({ ids }) => {
      const rows = parameter("table", [size, size]);
      return { logits: gather(rows, lastOf(ids)), state: [] };
    },
  };
  const data = Float32Array.from(table.flat(), Math.log);
  return ready(decoder, new Map([["table", { dtype: "float32", shape: [size, size], data }]]));
}

/** One layer of attention that looks back, two heads over one pair of keys and values. */
export function attentionDecoder(): Promise<ToyDecoder> {
  return ready({
    step({ ids, mask, positions }) {
      const [batch, length] = [sizeAt(ids, 0), sizeAt(ids, 1)];
      const words = gather(parameter("words", [vocabularySize, 8]), ids);
      const places = gather(parameter("places", [200, 8]), positions);
      const rows = reshape(add(words, places), [multiplyDimensions(batch, length), 8]);
      const project = (name: string, size: number): Value => matmul(rows, parameter(name, [8, size]));
      const slots: StateSlot[] = [];
      const kept = (name: string): { past: Value; now: Value } => {
        const now = splitHeads(project(name, 4), batch, length, 1);
        const past = input(`kept.${name}`, [batch, 1, subtractDimensions(sizeAt(mask, 1), length), 4]);
        slots.push({ name: `kept.${name}`, kind: "cache", input: past, output: now });
        return { past, now };
      };
      const [key, value] = [kept("key"), kept("value")];
      const mixed = attendWithPast(
        splitHeads(project("query", 8), batch, length, 2),
        { key: key.past, value: value.past },
        { key: key.now, value: value.now },
        { bias: causalBias(mask, length) },
      ).output;
      const last = slice(
        reshape(add(mixed, rows), [batch, length, 8]),
        1,
        subtractDimensions(length, 1),
        length,
      );
      return {
        logits: matmul(reshape(last, [batch, 8]), parameter("out", [8, vocabularySize])),
        state: slots,
      };
    },
  });
}

/** A state that is carried from token to token, and begins from the sum of a source. */
export function carryingDecoder(): Promise<ToyDecoder> {
  const summed = (ids: Value, mask: Value): Value => {
    const rows = gather(parameter("words", [vocabularySize, 4]), ids); // [batch, length, 4]
    const counted = reshape(cast(mask, "float32"), [...ids.shape, 1]);
    const one = [sizeAt(ids, 0), 1, sizeAt(ids, 1)];
    return reshape(
      matmul(broadcast(reshape(parameter("one", [1]), [1, 1, 1]), one), multiply(rows, counted)),
      [sizeAt(ids, 0), 4],
    );
  };
  return ready({
    start: ({ ids, mask }) =>
      new Map([
        ["memory", summed(ids, mask)],
        ["source", tanh(summed(ids, mask))],
      ]),
    step({ ids, mask }) {
      const before = input("memory", [sizeAt(ids, 0), 4]);
      const source = input("source", [sizeAt(ids, 0), 4]);
      const after = add(before, summed(ids, mask));
      const logits = matmul(tanh(add(after, source)), parameter("out", [4, vocabularySize]));
      return { logits, state: [{ name: "memory", kind: "carried", input: before, output: after }] };
    },
  });
}

/** The last id of each row: `[batch, new]` to `[batch]`. */
function lastOf(ids: Value): Value {
  const length = sizeAt(ids, 1);
  return reshape(slice(ids, 1, subtractDimensions(length, 1), length), [sizeAt(ids, 0)]);
}

async function ready(decoder: Decoder, given: ReadonlyMap<string, Tensor> = new Map()): Promise<ToyDecoder> {
  const graphs = decoderGraphs(decoder);
  const random = new Random(7);
  const parameters = decoderParameters(graphs).map((value): [string, Tensor] => {
    const shape = value.shape as readonly number[];
    const data = Float32Array.from({ length: sizeOf(shape) }, () => 2 * random.uniform() - 1);
    const drawn = nameOf(value) === "one" ? data.fill(1) : data;
    return [nameOf(value), given.get(nameOf(value)) ?? { dtype: "float32", shape, data: drawn }];
  });
  return {
    graphs,
    ...(await readyDecoder(referenceRuntime(), graphs, new Map(parameters))),
    all: new Map(parameters),
  };
}
