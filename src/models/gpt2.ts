// GPT-2 (Radford et al. 2019, https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf):
// a stack of pre-norm transformer layers that look back only, under a norm. Rows are [batch*sequence, hidden] between
// attentions.
import { FileError, OptionError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import {
  add,
  type Dimension,
  divideDimensions,
  gather,
  input,
  matmul,
  multiplyDimensions,
  reshape,
  sizeAt,
  slice,
  split,
  subtractDimensions,
  type Value,
} from "../engine/index.js";
import {
  activation,
  attend,
  attendWithPast,
  type BuildMode,
  causalBias,
  dropout,
  embedding,
  embeddingTable,
  forInference,
  lastToken,
  layerNorm,
  linear,
  splitHeads,
  transposedLinear,
  unbiasedLinear,
} from "../nn/index.js";
import { configReader } from "./config.js";
import type { DecoderStep, StateSlot, StepInputs } from "./decoder.js";
import type { Head } from "./head.js";
import type { ModelInputs } from "./inputs.js";
import type { Architecture, ModelOutputs } from "./model.js";
import { nameTable } from "./names.js";

interface Gpt2Config {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  readonly feedForwardSize: number;
  readonly positionCount: number;
  readonly activation: string;
  readonly embeddingDropout: number;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  readonly classifierDropout: number;
  readonly normEpsilon: number;
  readonly initialDeviation: number;
  /** Whether scores are divided by the root of the head's size, and by the number of the layer. */
  readonly scalesBySize: boolean;
  readonly scalesByLayer: boolean;
  /** Whether the output matrix is the table of word embeddings. */
  readonly isTied: boolean;
}

export const gpt2: Architecture = {
  modelType: "gpt2",
  classNames: new Map<Head, string>([
    ["none", "GPT2Model"],
    ["causal-lm", "GPT2LMHeadModel"],
    ["sequence-classification", "GPT2ForSequenceClassification"],
    ["token-classification", "GPT2ForTokenClassification"],
    ["span-extraction", "GPT2ForQuestionAnswering"],
  ]),
  names: nameTable({
    prefix: "transformer.",
    modules: [
      ["embeddings.word", "wte"],
      ["embeddings.position", "wpe"],
      ["layers.{n}.attention.norm", "h.{n}.ln_1"],
      ["layers.{n}.attention.input", "h.{n}.attn.c_attn"],
      ["layers.{n}.attention.output", "h.{n}.attn.c_proj"],
      ["layers.{n}.feedForward.norm", "h.{n}.ln_2"],
      ["layers.{n}.feedForward.inner", "h.{n}.mlp.c_fc"],
      ["layers.{n}.feedForward.outer", "h.{n}.mlp.c_proj"],
      ["norm", "ln_f"],
    ],
    heads: [
      ["prediction", "lm_head"],
      ["score", "score"],
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
    ],
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: ({ vocabularySize, dropout: rate }) => ({
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(rate === undefined
      ? {}
      : { embd_pdrop: rate, resid_pdrop: rate, attn_pdrop: rate, classifier_dropout: rate }),
  }),
  readConfig(json, place) {
    const config = readConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize, positionCount } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: positionCount,
      description: `GPT-2, ${layerCount} layers x ${hiddenSize}`,
      build: (head, labelCount, inputs, mode) => build(config, head, labelCount, inputs, mode),
      decoder: { step: (inputs) => step(config, inputs) },
    };
  },
};

function readConfig(json: JsonObject, place: string): Gpt2Config {
  const read = configReader(json, place);
  const hiddenSize = read.integer("n_embd", 768);
  const headCount = read.integer("n_head", 12);
  if (hiddenSize % headCount !== 0)
    throw new FileError(place, `n_embd: expected a multiple of n_head (${headCount}), got ${hiddenSize}`);
  if (json["add_cross_attention"] === true)
    throw new FileError(place, "add_cross_attention: a GPT-2 that attends to an encoder is not supported");
  return {
    vocabularySize: read.integer("vocab_size", 50257),
    hiddenSize,
    layerCount: read.integer("n_layer", 12),
    headCount,
    feedForwardSize: read.integer("n_inner", 4 * hiddenSize),
    positionCount: read.integer("n_positions", 1024),
    activation: read.string("activation_function", "gelu_new"),
    embeddingDropout: read.number("embd_pdrop", 0.1),
    hiddenDropout: read.number("resid_pdrop", 0.1),
    attentionDropout: read.number("attn_pdrop", 0.1),
    classifierDropout: read.number("classifier_dropout", 0.1),
    normEpsilon: read.number("layer_norm_epsilon", 1e-5),
    initialDeviation: read.number("initializer_range", 0.02),
    scalesBySize: json["scale_attn_weights"] !== false,
    scalesByLayer: json["scale_attn_by_inverse_layer_idx"] === true,
    isTied: json["tie_word_embeddings"] !== false,
  };
}

function build(
  config: Gpt2Config,
  head: Head,
  labelCount: number,
  inputs: ModelInputs,
  mode: BuildMode,
): ModelOutputs {
  const { ids, mask } = inputs;
  const { layerCount, hiddenSize, positionCount, initialDeviation } = config;
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const bias = causalBias(mask, sequence);
  const attentions: Value[] = [];
  const attendBack: Attention = (query, key, value, options) => {
    const attended = attend(query, key, value, { ...options, bias }, mode);
    attentions.push(attended.probabilities);
    return attended.output;
  };

  const table = embeddingTable("embeddings.position", positionCount, hiddenSize, initialDeviation);
  let rows = embed(config, ids, slice(table, 0, 0, sequence), mode);
  const boundaries = [rows];
  for (let number = 0; number < layerCount; number++) {
    rows = layer(config, number, rows, batch, attendBack, mode);
    boundaries.push(rows);
  }
  const normed = layerNorm(rows, "norm", config.normEpsilon);
  const unfold = (x: Value): Value => reshape(x, [batch, sequence, hiddenSize]);
  return {
    heads: buildHead(config, head, labelCount, inputs, normed, unfold(normed), mode),
    lastHidden: unfold(normed),
    hiddenStates: [...boundaries.slice(0, -1), normed].map(unfold),
    attentions,
    boundaries,
  };
}

/** The graph of new tokens whose past is in the cache. */
function step(config: Gpt2Config, { ids, mask, positions }: StepInputs): DecoderStep {
  const { layerCount, headCount, hiddenSize, positionCount, initialDeviation } = config;
  const [batch, length] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const bias = causalBias(mask, length);
  const cacheShape = [batch, headCount, subtractDimensions(sizeAt(mask, 1), length), hiddenSize / headCount];
  const mode = forInference();
  const state: StateSlot[] = [];
  const attendToCache: Attention = (query, key, value, { layer: number, ...options }) => {
    const slot = (part: string, output: Value): Value => {
      const name = `layers.${number}.${part}`;
      const past = input(name, cacheShape);
      state.push({ name, kind: "cache", input: past, output });
      return past;
    };
    const past = { key: slot("key", key), value: slot("value", value) };
    return attendWithPast(query, past, { key, value }, { ...options, bias }).output;
  };

  const table = embeddingTable("embeddings.position", positionCount, hiddenSize, initialDeviation);
  let rows = embed(config, ids, gather(table, positions), mode);
  for (let number = 0; number < layerCount; number++)
    rows = layer(config, number, rows, batch, attendToCache, mode);
  const last = slice(reshape(rows, [batch, length, hiddenSize]), 1, subtractDimensions(length, 1), length);
  const normed = layerNorm(reshape(last, [batch, hiddenSize]), "norm", config.normEpsilon);
  return { logits: predict(config, normed), state };
}

/** What new tokens attend to: the difference between a whole sequence and a step. */
type Attention = (
  query: Value, // [batch, heads, new, headSize], as key and value
  key: Value,
  value: Value,
  options: { readonly layer: number; readonly dropoutRate: number; readonly scale: number },
) => Value; // [batch*new, hidden]

/** Word and position embeddings added up: `[batch*new, hidden]`. */
function embed(config: Gpt2Config, ids: Value, positions: Value, mode: BuildMode): Value {
  const { vocabularySize, hiddenSize, initialDeviation } = config;
  const words = embedding(
    embeddingTable("embeddings.word", vocabularySize, hiddenSize, initialDeviation),
    ids,
  );
  const rows = reshape(add(words, positions), [
    multiplyDimensions(sizeAt(ids, 0), sizeAt(ids, 1)),
    hiddenSize,
  ]);
  return dropout(rows, config.embeddingDropout, mode);
}

function layer(
  config: Gpt2Config,
  number: number,
  x: Value, // [batch*new, hidden]
  batch: Dimension,
  attention: Attention,
  mode: BuildMode,
): Value {
  const { hiddenSize, headCount, layerCount, feedForwardSize, normEpsilon, initialDeviation } = config;
  const name = `layers.${number}`;
  // what adds up along the layers starts smaller the more of them there are
  const residualDeviation = initialDeviation / Math.sqrt(2 * layerCount);
  const project = (rows: Value, part: string, size: number, deviation: number): Value =>
    transposedLinear(rows, `${name}.${part}`, size, deviation);
  const addDropped = (rows: Value, result: Value): Value =>
    add(dropout(result, config.hiddenDropout, mode), rows);

  const fused = project(
    layerNorm(x, `${name}.attention.norm`, normEpsilon),
    "attention.input",
    3 * hiddenSize,
    initialDeviation,
  );
  const [query, key, value] = split(fused, 1, [hiddenSize, hiddenSize, hiddenSize]).map((part) =>
    splitHeads(part, batch, divideDimensions(sizeAt(x, 0), batch), headCount),
  ) as [Value, Value, Value];
  const mixed = attention(query, key, value, {
    layer: number,
    dropoutRate: config.attentionDropout,
    scale:
      (config.scalesBySize ? 1 / Math.sqrt(hiddenSize / headCount) : 1) /
      (config.scalesByLayer ? number + 1 : 1),
  });
  const attended = addDropped(x, project(mixed, "attention.output", hiddenSize, residualDeviation));

  const normed = layerNorm(attended, `${name}.feedForward.norm`, normEpsilon);
  const inner = activation(config.activation)(
    project(normed, "feedForward.inner", feedForwardSize, initialDeviation),
  );
  return addDropped(attended, project(inner, "feedForward.outer", hiddenSize, residualDeviation));
}

/** Scores of the vocabulary: `[rows, vocabulary]`. */
function predict({ isTied, vocabularySize, hiddenSize, initialDeviation }: Gpt2Config, rows: Value): Value {
  if (!isTied) return unbiasedLinear(rows, "prediction", vocabularySize, initialDeviation);
  const table = embeddingTable("embeddings.word", vocabularySize, hiddenSize, initialDeviation);
  return matmul(rows, table, { transposeB: true });
}

function buildHead(
  config: Gpt2Config,
  head: Head,
  labelCount: number,
  { mask, predictedRows }: ModelInputs,
  rows: Value, // [batch*sequence, hidden]
  lastHidden: Value, // [batch, sequence, hidden]
  mode: BuildMode,
): ReadonlyMap<string, Value> {
  const { vocabularySize, initialDeviation: deviation } = config;
  const [batch, sequence] = [sizeAt(lastHidden, 0), sizeAt(lastHidden, 1)];
  switch (head) {
    case "none":
      return new Map([["lastHidden", lastHidden]]);
    case "causal-lm": {
      if (predictedRows !== undefined)
        return new Map([["logits", predict(config, gather(rows, predictedRows))]]); // [predicted, vocabulary]
      return new Map([["logits", reshape(predict(config, rows), [batch, sequence, vocabularySize])]]);
    }
    case "sequence-classification":
      return new Map([
        ["logits", unbiasedLinear(lastToken(lastHidden, mask), "score", labelCount, deviation)],
      ]);
    case "token-classification": {
      const dropped = dropout(rows, config.classifierDropout, mode);
      const logits = linear(dropped, "classifier", labelCount, deviation);
      return new Map([["logits", reshape(logits, [batch, sequence, labelCount])]]);
    }
    case "span-extraction": {
      const [starts, ends] = split(linear(rows, "spans", 2, deviation), 1, [1, 1]) as [Value, Value];
      return new Map([
        ["startLogits", reshape(starts, [batch, sequence])],
        ["endLogits", reshape(ends, [batch, sequence])],
      ]);
    }
    default:
      throw new OptionError(`GPT-2 has no head ${head}`);
  }
}
