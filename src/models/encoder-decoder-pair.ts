// An encoder and a decoder that were trained apart, put together (Rothe et al. 2019,
// https://arxiv.org/abs/1907.12461): BERT reads, another BERT that also attends to the source writes.
import { FileError, OptionError } from "../base/errors.js";
import { describeJson, isJsonObject, type JsonObject } from "../base/json.js";
import { tanh } from "../engine/index.js";
import {
  type BuildMode,
  inputEmbeddings,
  keyValueOf,
  linear,
  transformerLayer,
  vocabularyHead,
  wordTable,
} from "../nn/index.js";
import {
  type BertConfig,
  bertModules,
  bertSourceModules,
  olderBertNames,
  readBertConfig,
} from "./bert-layout.js";
import { configReader } from "./config.js";
import {
  buildEncoderDecoder,
  type EncoderDecoderParts,
  type Side,
  shiftedTarget,
  stepwiseDecoder,
} from "./encoder-decoder.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

/** What builds a half, by its `model_type`. */
const sides: ReadonlyMap<string, (name: string, config: BertConfig) => Side> = new Map([["bert", bertSide]]);

export const encoderDecoderPair: Architecture = {
  modelType: "encoder-decoder",
  classNames: new Map<Head, string>([["sequence-to-sequence", "EncoderDecoderModel"]]),
  names: nameTable({
    prefix: "",
    modules: [
      ...bertModules.map(([own, foreign]) => [`encoder.${own}`, `encoder.${foreign}`] as const),
      ["encoder.pooler", "encoder.pooler.dense"],
      ...[...bertModules, ...bertSourceModules].map(
        ([own, foreign]) => [`decoder.${own}`, `decoder.bert.${foreign}`] as const,
      ),
    ],
    heads: [
      ["prediction.transform", "decoder.cls.predictions.transform.dense"],
      ["prediction.norm", "decoder.cls.predictions.transform.LayerNorm"],
      ["prediction", "decoder.cls.predictions"],
    ],
    older: olderBertNames,
  }),
  wordEmbeddings: "encoder.embeddings.word.weight",
  overrides(changes) {
    const [key] = Object.keys(changes);
    if (key === undefined) return {};
    throw new OptionError(`${key}: expected that of the two halves, which config.json tells apart`, {
      hint: "change it there: each half has a configuration of its own",
    });
  },
  readConfig(json, place) {
    const [encoder, decoder] = [halfOf(json, "encoder", place), halfOf(json, "decoder", place)];
    const read = configReader(json, place);
    const paddingId = read.number("pad_token_id", decoder.config.paddingId);
    const startId = read.number("decoder_start_token_id", paddingId);
    if (encoder.config.hiddenSize !== decoder.config.hiddenSize)
      throw new FileError(
        place,
        `hidden_size: expected one for both halves, got ${encoder.config.hiddenSize} and ${decoder.config.hiddenSize}`,
      );
    const parts = partsOf(encoder, decoder, startId);
    const { vocabularySize, hiddenSize, layerCount, positionCount } = decoder.config;
    return {
      vocabularySize,
      hiddenSize,
      layerCount: encoder.config.layerCount + layerCount,
      encoderLayerCount: encoder.config.layerCount,
      maxLength: Math.min(encoder.config.positionCount, positionCount),
      description: `${encoder.modelType} to ${decoder.modelType}, ${encoder.config.layerCount} + ${layerCount} layers x ${hiddenSize}`,
      build: (...asked) => buildEncoderDecoder(parts, ...asked),
      decoderInput: (target) => shiftedTarget(target, startId, paddingId),
      decoderMask: (read) => read.map((id) => Number(id !== paddingId)),
      decoder: stepwiseDecoder(parts),
    };
  },
};

interface Half {
  readonly modelType: string;
  readonly config: BertConfig;
  readonly side: Side;
}

function halfOf(json: JsonObject, name: "encoder" | "decoder", place: string): Half {
  const own = json[name];
  if (!isJsonObject(own))
    throw new FileError(place, `${name}: expected the configuration of this half, got ${describeJson(own)}`);
  const modelType = String(own["model_type"]);
  const build = sides.get(modelType);
  if (build === undefined)
    throw new FileError(
      `${place}, ${name}`,
      `model_type: expected ${[...sides.keys()].join(" or ")}, got ${modelType}`,
    );
  const config = readBertConfig(own, `${place}, ${name}`);
  return { modelType, config, side: build(name, config) };
}

function bertSide(name: string, config: BertConfig): Side {
  return {
    layerCount: config.layerCount,
    embed: (ids, positions, mode) =>
      inputEmbeddings(
        { ids, ...(positions === undefined ? {} : { positions }) },
        `${name}.embeddings`,
        config,
        mode,
      ),
    layer: (index, inputs, mode: BuildMode) =>
      transformerLayer(inputs, `${name}.layers.${index}`, config, mode),
  };
}

function partsOf(encoder: Half, decoder: Half, startId: number): EncoderDecoderParts {
  const { hiddenSize, headCount } = decoder.config;
  return {
    name: "the encoder-decoder pair",
    hiddenSize,
    encoder: encoder.side,
    decoder: { ...decoder.side, headCount, headSize: hiddenSize / headCount },
    sourceKeyValue: (index, rows, batch) =>
      keyValueOf(rows, `decoder.layers.${index}.sourceAttention`, batch, decoder.config),
    score: (rows) =>
      vocabularyHead(rows, "prediction", wordTable("decoder.embeddings", decoder.config), decoder.config),
    startId,
    besides: ({ first }) => ({
      encoderPooled: tanh(linear(first(), "encoder.pooler", hiddenSize, encoder.config.initialDeviation)),
    }),
  };
}
