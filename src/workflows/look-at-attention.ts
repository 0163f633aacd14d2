import { extname } from "node:path";
import { int64, OptionError, type Tensor } from "../base/index.js";
import { leaves, type Value } from "../engine/index.js";
import { writeFileAtomically } from "../hub/index.js";
import { type Head, headOf, type ModelOutputs, modelInputs } from "../models/index.js";
import { forInference } from "../nn/index.js";
import { type AttentionPart, type AttentionView, attentionHtml, attentionSvg } from "../pictures/index.js";
import type { Encoding, Tokenizer } from "../tokenizers/index.js";
import { checkOutputFile } from "./evaluate.js";
import { openModelTokenizer } from "./model-tokenizer.js";
import { type OpenModel, openModel } from "./open-model.js";
import { type AttentionOptions, attentionRows } from "./options-attention.js";
import { checkOptions } from "./options-resolve.js";
import { modelFeeds } from "./row-layout.js";
import { prepareUse, startLearner } from "./session.js";
import { textBounds } from "./text-bounds.js";

export interface AttentionResult {
  readonly view: AttentionView;
  readonly outputFile: string;
  /** Tokens of the texts that did not fit. */
  readonly truncatedCount: number;
}

/**
 * Let a model read a text, and write a page on which the attention of every layer and head can be looked at; or a picture
 * of their mean, where the file ends in `.svg`.
 *
 * ```ts
 * await lookAtAttention({ model: "rootstocks/ja-small", texts: ["要素の外側の余白"], outputFile: "attention.html" });
 * ```
 */
export async function lookAtAttention(options: AttentionOptions): Promise<AttentionResult> {
  checkOptions(attentionRows, options);
  await checkOutputFile(options);
  const model = await openModel(options.model, options);
  const tokenizer = await openModelTokenizer(model, {
    ...options,
    tokenizer: options.tokenizer ?? options.model,
  });
  const { view, truncatedCount } = await readAttention(model, tokenizer, options);
  const isPicture = extname(options.outputFile).toLowerCase() === ".svg";
  await writeFileAtomically(options.outputFile, [(isPicture ? attentionSvg : attentionHtml)(view)]);
  return { view, outputFile: options.outputFile, truncatedCount };
}

async function readAttention(
  model: OpenModel,
  tokenizer: Tokenizer,
  options: AttentionOptions,
): Promise<{ view: AttentionView; truncatedCount: number }> {
  const { network } = model;
  const head = headToShow(model);
  const maxLength = options.maxLength ?? Math.min(network.maxLength, 128);
  const [text, pair, third] = options.texts;
  if (text === undefined || third !== undefined)
    throw new OptionError(
      `--text: expected a text, or two that are read together, got ${options.texts.length}`,
    );
  const { target } = options;
  const source = tokenizer.encode(text, { maxLength, ...(pair === undefined ? {} : { pair }) });
  const inputs = modelInputs(head);
  const written =
    inputs.decoderIds === undefined
      ? undefined
      : writtenText(needTarget(target), model, tokenizer, maxLength);
  const outputs = network.build(head, 2, inputs, forInference());
  const values = attentionValues(outputs, model.name);
  const feeds = new Map([
    ...modelFeeds([{ encoding: source, example: 0 }], 0),
    ...(written === undefined
      ? []
      : [
          ["decoderIds", row(written.read)] as const,
          ["decoderMask", row(written.read.map(() => 1))] as const,
        ]),
  ]);
  const probabilities = await runOnce(model, values, feeds, options);
  const words = wordsOf(source, text, pair);
  const queries: Readonly<Record<string, readonly string[] | undefined>> = {
    decoder: written?.readWords,
    "decoder to encoder": written?.words,
  };
  const parts = [...partValues(outputs)].map(([name, layers]): AttentionPart => {
    return {
      name,
      queries: queries[name] ?? words,
      keys: name === "decoder" ? written!.readWords : words,
      layers: layers.map((_, i) => {
        const tensor = probabilities.get(`${name} ${i}`)!;
        return { headCount: tensor.shape[1]!, probabilities: tensor.data as Float32Array };
      }),
    };
  });
  return {
    view: { model: model.name, description: network.description, parts },
    truncatedCount: source.truncatedCount + (written?.truncatedCount ?? 0),
  };
}

/** A text as a decoder writes it: in each place it has read the one token and writes the other. */
interface WrittenTokens {
  readonly read: readonly number[];
  readonly readWords: readonly string[];
  /** What is written, the end included. */
  readonly words: readonly string[];
  readonly truncatedCount: number;
}

function writtenText(
  text: string,
  { config, network }: OpenModel,
  tokenizer: Tokenizer,
  maxLength: number,
): WrittenTokens {
  const { endId } = textBounds(config, tokenizer);
  const { target } = tokenizer;
  const whole = target.encode(text, { maxLength });
  const lacksEnd = endId !== undefined && !whole.ids.includes(endId);
  const encoding = lacksEnd ? target.encode(text, { maxLength: maxLength - 1 }) : whole;
  const nameOfToken = (id: number): string => target.idToToken(id) ?? `${id}`;
  const end = lacksEnd ? [endId] : [];
  const words = [...wordsOf(encoding, text), ...end.map(nameOfToken)];
  const read = network.decoderInput!([...encoding.ids, ...end]);
  return {
    read,
    readWords: [nameOfToken(read[0]!), ...words.slice(0, -1)],
    words,
    truncatedCount: encoding.truncatedCount,
  };
}

/** The model without a head, where there is one: classifiers compute their last layer for one token alone. */
function headToShow({ architecture, network, config }: OpenModel): Head {
  const own = headOf(architecture, config) ?? [...architecture.classNames.keys()][0]!;
  const hasDecoder = own === "sequence-to-sequence" || network.encoderLayerCount !== undefined;
  return !hasDecoder && architecture.classNames.has("none") ? "none" : own;
}

function needTarget(target: string | undefined): string {
  if (target !== undefined) return target;
  throw new OptionError("--target: expected a text for the decoder to read, got none", {
    hint: "the model is an encoder-decoder: give the translation or summary, say",
  });
}

/** The attention of each part of a model that has some, by the part's name. */
function partValues({ attentions, encoder, crossAttentions }: ModelOutputs): Map<string, readonly Value[]> {
  const parts: readonly (readonly [string, readonly Value[]])[] =
    encoder === undefined
      ? [["attention", attentions]]
      : [
          ["encoder", encoder.attentions],
          ["decoder", attentions],
          ["decoder to encoder", crossAttentions ?? []],
        ];
  return new Map(parts.filter(([, layers]) => layers.length > 0));
}

function attentionValues(outputs: ModelOutputs, name: string): Map<string, Value> {
  const values = [...partValues(outputs)].flatMap(([part, layers]) =>
    layers.map((value, i) => [`${part} ${i}`, value] as const),
  );
  if (values.length > 0) return new Map(values);
  throw new OptionError(`--model ${name}: expected a model with attention, got one without`);
}

async function runOnce(
  model: OpenModel,
  values: ReadonlyMap<string, Value>,
  feeds: ReadonlyMap<string, Tensor>,
  options: AttentionOptions,
): Promise<ReadonlyMap<string, Tensor>> {
  const parameters = leaves([...values.values()], "parameter");
  const learner = startLearner(options, parameters);
  try {
    await prepareUse(learner, model, "attention", values);
    return await learner.forward("attention", feeds);
  } finally {
    await learner.close();
  }
}

function row(numbers: readonly number[]): Tensor {
  return int64([1, numbers.length], numbers);
}

/** What each token stands for in its text; special tokens by their name. */
function wordsOf({ tokens, starts, ends, sequenceIds }: Encoding, text: string, pair = ""): string[] {
  return tokens.map((token, i) => {
    const raw = sequenceIds[i] === 1 ? pair : text;
    return ends[i]! > starts[i]! ? raw.slice(starts[i]!, ends[i]!) : token;
  });
}
