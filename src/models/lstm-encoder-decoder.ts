// Recurrent encoder-decoders with attention (Sutskever et al. 2014, https://arxiv.org/abs/1409.3215): an encoder that
// reads the source from both sides, a decoder that writes the target and attends to the source before each step
// (Bahdanau et al. 2014, https://arxiv.org/abs/1409.0473) or after it (Luong et al. 2015,
// https://arxiv.org/abs/1508.04025). Source and target share one vocabulary.
import { FileError, OptionError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import {
  concatenate,
  gather,
  input,
  matmul,
  multiplyDimensions,
  nameOf,
  parameter,
  reshape,
  sizeAt,
  slice,
  subtractDimensions,
  tanh,
  type Value,
} from "../engine/index.js";
import {
  type AlignmentScore,
  alignment,
  attentiveRecurrent,
  type BuildMode,
  dropout,
  embedding,
  forInference,
  linear,
  type Recurrent,
  type RecurrentState,
  recurrent,
  recurrentNames,
} from "../nn/index.js";
import { configReader } from "./config.js";
import type { DecoderStep, StateSlot, StepInputs } from "./decoder.js";
import type { Head } from "./head.js";
import type { ModelInputs } from "./inputs.js";
import type { Architecture, ModelOutputs } from "./model.js";
import { nameTable } from "./names.js";
import {
  outputMatrix,
  type RecurrentConfig,
  readRecurrentConfig,
  recurrentOverrides,
  wordEmbeddings,
} from "./recurrent-config.js";

interface EncoderDecoderConfig extends RecurrentConfig {
  readonly score: AlignmentScore;
  /** Whether the decoder attends before each step, or after it. */
  readonly attendsBefore: boolean;
  readonly startId: number;
}

/** `attention_type` in config.json. */
const attentionTypes: ReadonlyMap<string, Pick<EncoderDecoderConfig, "score" | "attendsBefore">> = new Map([
  ["bahdanau", { score: "additive", attendsBefore: true }],
  ["luong-dot", { score: "dot", attendsBefore: false }],
  ["luong-general", { score: "general", attendsBefore: false }],
  ["luong-concat", { score: "concat", attendsBefore: false }],
]);

export const lstmEncoderDecoder: Architecture = {
  modelType: "lstm-encoder-decoder",
  classNames: new Map<Head, string>([["sequence-to-sequence", "LstmForConditionalGeneration"]]),
  names: nameTable({
    prefix: "",
    modules: [
      ["embeddings", "embeddings"],
      ...recurrentNames("encoder", "encoder"),
      ...recurrentNames("decoder", "decoder"),
      ["decoder.alignment.query", "attention.query"],
      ["decoder.alignment.key", "attention.key"],
      ["decoder.alignment.general", "attention.general"],
      ["decoder.alignment.concat", "attention.concat"],
      ["decoder.alignment.vector", "attention.vector"],
      ["combine", "attention.combine"],
    ],
    heads: [["prediction", "output"]],
  }),
  wordEmbeddings: "embeddings.weight",
  overrides: recurrentOverrides,
  readConfig(json, place) {
    const config = readConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize, cellName } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: Infinity,
      description: `${cellName} encoder-decoder, ${layerCount} layers x ${hiddenSize} on each side`,
      build: (head, _labelCount, inputs, mode) => build(config, head, inputs, mode),
      decoderInput: (target) => [config.startId, ...target.slice(0, -1)],
      decoder: {
        start: (source) => decoderStart(config, source),
        step: (inputs) => step(config, inputs),
      },
    };
  },
};

function readConfig(json: JsonObject, place: string): EncoderDecoderConfig {
  const read = configReader(json, place);
  const common = readRecurrentConfig(json, place);
  const type = read.string("attention_type", "luong-general");
  const attention = attentionTypes.get(type);
  if (attention === undefined)
    throw new FileError(
      place,
      `attention_type: expected one of ${[...attentionTypes.keys()].join(", ")}, got ${type}`,
    );
  if (common.hiddenSize % 2 !== 0)
    throw new FileError(
      place,
      `hidden_size: expected an even number, half for each side of the encoder, got ${common.hiddenSize}`,
    );
  return { ...common, ...attention, startId: read.number("decoder_start_token_id") };
}

function build(config: EncoderDecoderConfig, head: Head, inputs: ModelInputs, mode: BuildMode): ModelOutputs {
  const { mask, decoderIds: ids, predictedRows } = inputs;
  if (head !== "sequence-to-sequence" || ids === undefined)
    throw new OptionError(`a recurrent encoder-decoder has no head ${head}`);
  const source = encode(config, inputs, mode);
  const embedded = embedding(wordEmbeddings(config), ids, config.paddingId);
  const target = decode(config, embedded, undefined, source.output, mask, source.initial, mode);
  const [batch, length] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const rows = reshape(target.attended, [multiplyDimensions(batch, length), config.hiddenSize]);
  const logits =
    predictedRows === undefined
      ? reshape(predict(config, rows, mode), [batch, length, config.vocabularySize])
      : predict(config, gather(rows, predictedRows), mode);
  return {
    heads: new Map([["logits", logits]]),
    lastHidden: target.attended,
    hiddenStates: [embedded, target.output],
    attentions: [],
    encoder: {
      lastHidden: source.output,
      hiddenStates: [source.embedded, ...source.layers],
      attentions: [],
    },
    crossAttentions: [reshape(target.weights, [batch, 1, length, sizeAt(mask, 1)])],
    boundaries: [],
  };
}

interface Encoded extends Recurrent {
  readonly embedded: Value; // [batch, sequence, embedding]
  /** Where the decoder starts: what both sides have read in the end, beside each other. */
  readonly initial: readonly RecurrentState[];
}

function encode(config: EncoderDecoderConfig, { ids, mask }: ModelInputs, mode: BuildMode): Encoded {
  const { cell, hiddenSize, layerCount, dropout: rate } = config;
  const embedded = embedding(wordEmbeddings(config), ids, config.paddingId);
  const options = { cell, hiddenSize: hiddenSize / 2, layerCount, mask, dropoutRate: rate };
  const read = recurrent(dropout(embedded, rate, mode), "encoder", { ...options, direction: "both" }, mode);
  const initial = Array.from({ length: layerCount }, (_, layer) => {
    const [forward, backward] = read.states.slice(2 * layer, 2 * layer + 2) as [
      RecurrentState,
      RecurrentState,
    ];
    return forward.map((state, i) => concatenate([state, backward[i]!], 1));
  });
  return { ...read, embedded, initial };
}

interface Decoded {
  /** What the output layer reads: `tanh(W [seen; state])`. */
  readonly attended: Value; // [batch, target, hidden]
  readonly output: Value; // [batch, target, hidden]
  readonly weights: Value; // [batch, target, sequence]
  readonly states: readonly RecurrentState[];
}

function decode(
  config: EncoderDecoderConfig,
  embedded: Value, // [batch, target, embedding]
  targetMask: Value | undefined, // [batch, target]
  memory: Value, // [batch, sequence, hidden]
  mask: Value, // [batch, sequence]
  initial: readonly RecurrentState[],
  mode: BuildMode,
): Decoded {
  const { cell, hiddenSize, layerCount, dropout: rate, score, attendsBefore } = config;
  const x = dropout(embedded, rate, mode);
  const options = {
    ...{ cell, hiddenSize, layerCount, dropoutRate: rate, initial },
    ...(targetMask === undefined ? {} : { mask: targetMask }),
  };
  const seeing = { score, hiddenSize, mask };
  const after = (): Omit<Decoded, "attended"> & { readonly context: Value } => {
    const { output, states } = recurrent(x, "decoder", options, mode);
    return { output, states, ...alignment(output, memory, "decoder.alignment", seeing) };
  };
  const { output, context, weights, states } = attendsBefore
    ? attentiveRecurrent(x, memory, "decoder", { ...options, alignment: seeing }, mode)
    : after();
  const [batch, length] = [sizeAt(embedded, 0), sizeAt(embedded, 1)];
  const both = reshape(concatenate([context, output], 2), [
    multiplyDimensions(batch, length),
    2 * hiddenSize,
  ]);
  const attended = tanh(linear(both, "combine", hiddenSize, config.initialDeviation));
  return { attended: reshape(attended, [batch, length, hiddenSize]), output, weights, states };
}

/** Scores of the vocabulary: rows `[rows, hidden]` to `[rows, vocabulary]`. */
function predict(config: RecurrentConfig, rows: Value, mode: BuildMode): Value {
  const bias = parameter("prediction.bias", [config.vocabularySize], { kind: "fill", value: 0 });
  return matmul(dropout(rows, config.dropout, mode), outputMatrix(config), { transposeB: true, bias });
}

/** What each step reads of the source, and the states that the first one starts from. */
function decoderStart(config: EncoderDecoderConfig, source: ModelInputs): ReadonlyMap<string, Value> {
  const { output, initial } = encode(config, source, forInference());
  const states = stateInputs(config).flatMap((state, layer) =>
    state.map((value, i) => [nameOf(value), initial[layer]![i]!] as const),
  );
  return new Map([["source.memory", output], ["source.mask", source.mask], ...states]);
}

/** One step of writing. Tokens that the mask hides leave the state as it is. */
function step(config: EncoderDecoderConfig, { ids, mask }: StepInputs): DecoderStep {
  const [batch, length, total] = [sizeAt(ids, 0), sizeAt(ids, 1), sizeAt(mask, 1)];
  const newMask = slice(mask, 1, subtractDimensions(total, length), total);
  const memory = input("source.memory", ["batch", "sequence", config.hiddenSize]);
  const sourceMask = input("source.mask", ["batch", "sequence"], "int64");
  const start = stateInputs(config);
  const mode = forInference();
  const embedded = embedding(wordEmbeddings(config), ids);
  const { attended, states } = decode(config, embedded, newMask, memory, sourceMask, start, mode);
  const last = slice(attended, 1, subtractDimensions(length, 1), length);
  const logits = predict(config, reshape(last, [batch, config.hiddenSize]), mode);
  const state = start.flatMap((before, layer) =>
    before.map((value, i): StateSlot => {
      return { name: nameOf(value), kind: "carried", input: value, output: states[layer]![i]! };
    }),
  );
  return { logits, state };
}

function stateInputs({ cell, hiddenSize, layerCount }: RecurrentConfig): RecurrentState[] {
  const parts = ["hidden", "cell"].slice(0, cell.stateCount);
  return Array.from({ length: layerCount }, (_, layer) =>
    parts.map((part) => input(`layers.${layer}.${part}`, ["batch", hiddenSize])),
  );
}
