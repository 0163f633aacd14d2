import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { int64 } from "../base/tensor.js";
import {
  add,
  addDimensions,
  constant,
  fixedParameter,
  gather,
  matmul,
  multiply,
  multiplyDimensions,
  reshape,
  sizeAt,
  slice,
  type Value,
} from "../engine/index.js";
import {
  dropout,
  embedding,
  embeddingTable,
  keyValueOf,
  layerNorm,
  sinusoidalPositions,
  type TransformerLayerOptions,
  transformerLayer,
} from "../nn/index.js";
import { configReader } from "./config.js";
import {
  buildEncoderDecoder,
  type EncoderDecoderParts,
  type StartToken,
  shiftedTarget,
  stepwiseDecoder,
  textHeads,
} from "./encoder-decoder.js";
import type { Head } from "./head.js";
import type { Architecture, Network } from "./model.js";
import { nameTable } from "./names.js";
import type { Side } from "./side.js";

// What BART and its relatives share: the keys of their config.json, the names in checkpoints, and the encoder-decoder
// itself, of which each fixes the form.

/** The sizes and settings of an encoder-decoder of BART's form. */
export interface BartConfig {
  readonly vocabularySize: number;
  /** Of the words that the decoder reads and writes, where they are others than the encoder's. */
  readonly targetVocabularySize: number | undefined;
  readonly hiddenSize: number;
  readonly encoderLayerCount: number;
  readonly decoderLayerCount: number;
  readonly encoder: TransformerLayerOptions;
  readonly decoder: TransformerLayerOptions;
  readonly positionCount: number;
  readonly classifierDropout: number;
  /** What word embeddings are multiplied by. */
  readonly embeddingScale: number;
  readonly paddingId: number;
  readonly startId: StartToken;
  readonly endId: number;
  /** Whether the output layer is the table of word embeddings. */
  readonly isTied: boolean;
}

/** How relatives differ in structure. */
export interface BartForm {
  /** `BART`. */
  readonly name: string;
  /** Norms stand in front of each part, and one more after the last layer. */
  readonly normFirst: boolean;
  readonly normsEmbeddings: boolean;
  readonly positions: "learned" | "sinusoidal";
  /** How many rows of learned positions come before that of the first token. */
  readonly positionOffset: number;
  /** Whether checkpoints hold a bias of the scores that nobody trains. */
  readonly hasLogitsBias: boolean;
}

/** What config.json may leave out. */
export interface BartDefaults {
  readonly paddingId: number;
  readonly startId: StartToken;
  readonly endId: number;
}

/** What makes a relative. */
export interface BartRelative {
  readonly modelType: string;
  readonly form: BartForm;
  readonly defaults: BartDefaults;
  readonly classNames: readonly (readonly [Head, string])[];
}

/** The architecture of a relative. */
export function bartArchitecture({ modelType, form, defaults, classNames }: BartRelative): Architecture {
  return {
    modelType,
    classNames: new Map(classNames),
    names: bartNames(),
    wordEmbeddings: "embeddings.word.weight",
    overrides: ({ vocabularySize, dropout: rate }) => ({
      ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
      ...(rate === undefined ? {} : { dropout: rate }),
    }),
    readConfig: (json, place) => bartNetwork(readBartConfig(json, place, form, defaults), form),
  };
}

/** The network that a configuration and a form describe. */
export function bartNetwork(config: BartConfig, form: BartForm): Network {
  const { vocabularySize, hiddenSize, encoderLayerCount, decoderLayerCount, positionCount } = config;
  const parts = bartParts(config, form);
  return {
    vocabularySize,
    hiddenSize,
    layerCount: encoderLayerCount + decoderLayerCount,
    encoderLayerCount,
    maxLength: positionCount,
    description: `${form.name}, ${encoderLayerCount} + ${decoderLayerCount} layers x ${hiddenSize}`,
    build: (...asked) => buildEncoderDecoder(parts, ...asked),
    decoderInput: (target) => shiftedTarget(target, config.startId, config.paddingId),
    decoder: stepwiseDecoder(parts),
  };
}

/** Read the keys of config.json that all relatives have; `place` is its path. */
export function readBartConfig(
  json: JsonObject,
  place: string,
  { normFirst }: BartForm,
  defaults: BartDefaults,
): BartConfig {
  const read = configReader(json, place);
  const hiddenSize = read.integer("d_model", 1024);
  const side = (name: "encoder" | "decoder"): TransformerLayerOptions => ({
    headCount: read.integer(`${name}_attention_heads`, 16),
    feedForwardSize: read.integer(`${name}_ffn_dim`, 4096),
    activation: read.string("activation_function", "gelu"),
    attentionDropout: read.number("attention_dropout", 0),
    innerDropout: read.number("activation_dropout", 0),
    hiddenDropout: read.number("dropout", 0.1),
    normFirst,
    normEpsilon: 1e-5,
    initialDeviation: read.number("init_std", 0.02),
  });
  const [encoder, decoder] = [side("encoder"), side("decoder")];
  for (const [name, { headCount }] of Object.entries({ encoder, decoder }))
    if (hiddenSize % headCount !== 0)
      throw new FileError(
        place,
        `${name}_attention_heads: expected a number that divides d_model (${hiddenSize}), got ${headCount}`,
      );
  const vocabularySize = read.integer("vocab_size", 50265);
  const isShared = read.boolean("share_encoder_decoder_embeddings", true);
  return {
    vocabularySize,
    targetVocabularySize: isShared ? undefined : read.integer("decoder_vocab_size", vocabularySize),
    hiddenSize,
    encoderLayerCount: read.integer("encoder_layers", 12),
    decoderLayerCount: read.integer("decoder_layers", 12),
    encoder,
    decoder,
    positionCount: read.integer("max_position_embeddings", 1024),
    classifierDropout: read.number("classifier_dropout", 0),
    embeddingScale: read.boolean("scale_embedding", false) ? Math.sqrt(hiddenSize) : 1,
    paddingId: read.number("pad_token_id", defaults.paddingId),
    startId: defaults.startId === "last" ? "last" : read.number("decoder_start_token_id", defaults.startId),
    endId: read.number("eos_token_id", defaults.endId),
    isTied: read.boolean("tie_word_embeddings", true),
  };
}

type Row = readonly [own: string, foreign: string];

/** Our names and those of checkpoints. */
function bartNames(): Architecture["names"] {
  const attention = (ours: string, theirs: string): Row[] => [
    [`${ours}.query`, `${theirs}.q_proj`],
    [`${ours}.key`, `${theirs}.k_proj`],
    [`${ours}.value`, `${theirs}.v_proj`],
    [`${ours}.output`, `${theirs}.out_proj`],
    [`${ours}.norm`, `${theirs}_layer_norm`],
  ];
  const side = (name: string): Row[] => [
    [`${name}.positions`, `${name}.embed_positions`],
    [`${name}.embeddingNorm`, `${name}.layernorm_embedding`],
    ...attention(`${name}.layers.{n}.attention`, `${name}.layers.{n}.self_attn`),
    [`${name}.layers.{n}.feedForward.inner`, `${name}.layers.{n}.fc1`],
    [`${name}.layers.{n}.feedForward.outer`, `${name}.layers.{n}.fc2`],
    [`${name}.layers.{n}.feedForward.norm`, `${name}.layers.{n}.final_layer_norm`],
    [`${name}.norm`, `${name}.layer_norm`],
  ];
  return nameTable({
    prefix: "model.",
    modules: [
      ["embeddings.word", "shared"],
      ["embeddings.source", "encoder.embed_tokens"],
      ["embeddings.target", "decoder.embed_tokens"],
      ...side("encoder"),
      ...side("decoder"),
      ...attention("decoder.layers.{n}.sourceAttention", "decoder.layers.{n}.encoder_attn"),
    ],
    heads: [
      ["output", "lm_head"],
      ["logitsBias", "final_logits_bias"],
      ["summary", "classification_head.dense"],
      ["sequenceClassifier", "classification_head.out_proj"],
      ["spans", "qa_outputs"],
    ],
    aliases: [
      ["embeddings.word", "encoder.embed_tokens"],
      ["embeddings.word", "decoder.embed_tokens"],
      ["embeddings.word", "lm_head"],
      ["embeddings.target", "lm_head"],
    ],
  });
}

function bartParts(config: BartConfig, form: BartForm): EncoderDecoderParts {
  const { hiddenSize, classifierDropout, endId, startId } = config;
  const { headCount, initialDeviation } = config.decoder;
  return {
    name: form.name,
    encoder: sideOf(config, form, "encoder"),
    decoder: { ...sideOf(config, form, "decoder"), headCount, headSize: hiddenSize / headCount },
    sourceKeyValue: (index, rows, batch) =>
      keyValueOf(rows, `decoder.layers.${index}.sourceAttention`, batch, config.decoder),
    score: (rows) => score(config, form, rows),
    startId,
    decoderHeads: {
      none: ({ lastHidden }) => ({ lastHidden }),
      ...textHeads({ endId, classifierDropout, initialDeviation }),
    },
  };
}

function sideOf(config: BartConfig, form: BartForm, name: "encoder" | "decoder"): Side {
  const options = config[name];
  const { normEpsilon, hiddenDropout } = options;
  return {
    layerCount: name === "encoder" ? config.encoderLayerCount : config.decoderLayerCount,
    embed(ids, positions, mode) {
      const sum = embed(config, form, name, ids, positions);
      const normed = form.normsEmbeddings ? layerNorm(sum, `${name}.embeddingNorm`, normEpsilon) : sum;
      return dropout(normed, hiddenDropout, mode);
    },
    layer: (index, inputs, mode) => transformerLayer(inputs, `${name}.layers.${index}`, options, mode),
    ...(form.normFirst ? { finish: (rows: Value) => layerNorm(rows, `${name}.norm`, normEpsilon) } : {}),
  };
}

function wordTable(config: BartConfig, side: "encoder" | "decoder"): Value {
  const { vocabularySize, targetVocabularySize, hiddenSize, encoder } = config;
  const table = (name: string, size: number): Value =>
    embeddingTable(`embeddings.${name}`, size, hiddenSize, encoder.initialDeviation);
  if (targetVocabularySize === undefined) return table("word", vocabularySize);
  return side === "encoder" ? table("source", vocabularySize) : table("target", targetVocabularySize);
}

/** Words and positions added up: `[batch*length, hidden]`. */
function embed(
  config: BartConfig,
  form: BartForm,
  side: "encoder" | "decoder",
  ids: Value,
  positions: Value | undefined,
): Value {
  const { hiddenSize, positionCount, paddingId, embeddingScale } = config;
  const { positionOffset: offset } = form;
  const [batch, length] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const words = embedding(wordTable(config, side), ids, paddingId);
  const scaled = embeddingScale === 1 ? words : multiply(words, embeddingScale);
  const table =
    form.positions === "learned"
      ? embeddingTable(`${side}.positions`, positionCount + offset, hiddenSize, config[side].initialDeviation)
      : sinusoidalPositions(positionCount, hiddenSize);
  const places =
    positions === undefined
      ? slice(table, 0, offset, addDimensions(length, offset))
      : gather(table, offset === 0 ? positions : add(positions, constant(int64([], [offset]))));
  return reshape(add(scaled, places), [multiplyDimensions(batch, length), hiddenSize]);
}

function score(config: BartConfig, form: BartForm, rows: Value): Value {
  const { vocabularySize, targetVocabularySize = vocabularySize, hiddenSize, isTied, decoder } = config;
  const table = isTied
    ? wordTable(config, "decoder")
    : embeddingTable("output", targetVocabularySize, hiddenSize, decoder.initialDeviation);
  const logits = matmul(rows, table, { transposeB: true });
  if (!form.hasLogitsBias) return logits;
  return add(logits, fixedParameter("logitsBias", [1, targetVocabularySize], 0));
}
