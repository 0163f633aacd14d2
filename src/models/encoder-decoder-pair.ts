// An encoder and a decoder that were trained apart, put together (Rothe et al. 2019,
// https://arxiv.org/abs/1907.12461): any encoder reads, and a decoder that also attends to the source writes. Each
// half is a family of its own, whose names of parameters get `encoder.` or `decoder.` in front.
import { FileError, OptionError } from "../base/errors.js";
import { describeJson, isJsonObject, type JsonObject } from "../base/json.js";
import { multiplyDimensions, replaceParameters, reshape, sizeAt, type Value } from "../engine/index.js";
import { linear } from "../nn/index.js";
import { changedOutputs } from "./changed-outputs.js";
import { configReader } from "./config.js";
import type { Decoder } from "./decoder.js";
import {
  buildEncoderDecoder,
  type EncoderDecoderParts,
  type SelfRunning,
  shiftedTarget,
  stepwiseDecoder,
} from "./encoder-decoder.js";
import type { Head } from "./head.js";
import type { Architecture, Network } from "./model.js";
import { type NameTable, nameTable } from "./names.js";
import type { SourceReader } from "./side.js";

type SideName = "encoder" | "decoder";

/** One of the two: a family, and what its part of config.json makes of it. */
interface Half {
  readonly family: Architecture;
  readonly config: JsonObject;
  readonly network: Network;
}

/** Pairs of these families. */
export function encoderDecoderPair(families: readonly Architecture[]): Architecture {
  return {
    modelType: "encoder-decoder",
    classNames: new Map<Head, string>([["sequence-to-sequence", "EncoderDecoderModel"]]),
    names: nameTable({ prefix: "", modules: [], heads: [] }), // `composed` knows them
    wordEmbeddings: "encoder.embeddings.word.weight",
    overrides: () => ({}),
    composed(json, place) {
      const [encoder, decoder] = (["encoder", "decoder"] as const).map((side) =>
        halfOf(families, json, side, place),
      ) as [Half, Half];
      return {
        ...encoderDecoderPair(families),
        names: pairNames(encoder.family.names, decoder.family.names),
        wordEmbeddings: `encoder.${encoder.family.wordEmbeddings}`,
        overrides(changes) {
          const { dropout, ...others } = changes;
          const [key] = Object.keys(others);
          if (key !== undefined)
            throw new OptionError(`${key}: expected that of the two halves, which config.json tells apart`, {
              hint: "change it there: each half has a configuration of its own",
            });
          if (dropout === undefined) return {};
          const changed = ({ family, config }: Half): JsonObject => ({
            ...config,
            ...family.overrides({ dropout }),
          });
          return { encoder: changed(encoder), decoder: changed(decoder) };
        },
      };
    },
    readConfig: (json, place) =>
      pairNetwork(
        halfOf(families, json, "encoder", place),
        halfOf(families, json, "decoder", place),
        json,
        place,
      ),
  };
}

function halfOf(families: readonly Architecture[], json: JsonObject, side: SideName, place: string): Half {
  const config = json[side];
  if (!isJsonObject(config))
    throw new FileError(
      place,
      `${side}: expected the configuration of this half, got ${describeJson(config)}`,
    );
  const able = families.filter(
    ({ classNames }) =>
      classNames.has(side === "encoder" ? "none" : "causal-lm") && !classNames.has("sequence-to-sequence"),
  );
  const ownPlace = `${place}, ${side}`;
  const family = able.find(({ modelType }) => modelType === config["model_type"]);
  if (family === undefined) {
    const known = able.map(({ modelType }) => modelType).join(", ");
    const got = describeJson(config["model_type"]);
    throw new FileError(ownPlace, `model_type: expected one of ${known}, got ${got}`);
  }
  return { family, config, network: family.readConfig(config, ownPlace) };
}

/** Names of the halves' tables, the encoder's without a head, the decoder's as of a model that writes. */
function pairNames(encoder: NameTable, decoder: NameTable): NameTable {
  const bridge = nameTable({ prefix: "", modules: [["decoder.bridge", "enc_to_dec_proj"]], heads: [] });
  /** The side that a name belongs to, and what it is called there. */
  const parted = (name: string): { table: NameTable; side: SideName; rest: string } | undefined => {
    const [side] = /^(encoder|decoder)(?=\.)/.exec(name) ?? [];
    if (side === undefined) return undefined;
    const table = side === "encoder" ? encoder : decoder;
    return { table, side: side as SideName, rest: name.slice(side.length + 1) };
  };
  const isBridge = (name: string): boolean => name.startsWith("decoder.bridge.");
  return {
    foreign(name) {
      const part = parted(name);
      if (part === undefined || isBridge(name)) return bridge.foreign(name);
      const head = part.side === "encoder" ? "none" : "causal-lm";
      return `${part.side}.${part.table.foreign(part.rest, head)}`;
    },
    own(name) {
      const part = parted(name);
      if (part === undefined) return bridge.own(name);
      const own = part.table.own(part.rest);
      return own && `${part.side}.${own}`;
    },
    tied(name) {
      const part = parted(name);
      return part?.table.tied(part.rest).map((own) => `${part.side}.${own}`) ?? [];
    },
    isHead(name) {
      const part = parted(name);
      return part !== undefined && !isBridge(name) && part.table.isHead(part.rest);
    },
  };
}

function pairNetwork(encoder: Half, decoder: Half, json: JsonObject, place: string): Network {
  const { paddingId, startId } = idsOf(decoder, json, place);
  const parts = partsOf(encoder, decoder, startId, place);
  const { start, source, step } = stepwiseDecoder(parts);
  const { vocabularySize, hiddenSize, layerCount, maxLength, description } = decoder.network;
  return {
    vocabularySize,
    hiddenSize,
    layerCount: encoder.network.layerCount + layerCount,
    encoderLayerCount: encoder.network.layerCount,
    maxLength: Math.min(encoder.network.maxLength, maxLength),
    description: `${encoder.network.description}, to ${description}`,
    build: (...asked) =>
      changedOutputs(buildEncoderDecoder(parts, ...asked), (values) => belowName(values, "decoder")),
    decoderInput: (target) => shiftedTarget(target, startId, paddingId),
    decoderMask: (read) => read.map((id) => Number(id !== paddingId)),
    decoder: {
      start: (inputs) => belowName(start!(inputs), "decoder"),
      source: {
        encode: (inputs) => source!.encode(inputs), // its names begin with `encoder.` already
        read: (hidden) => belowName(source!.read(hidden), "decoder"),
      },
      step: (...asked) => renamedStep(step(...asked)),
    },
  };
}

/** What pads and begins what the decoder reads: as the pair says, else the decoder. */
function idsOf({ config }: Half, json: JsonObject, place: string): { paddingId: number; startId: number } {
  if (json["tie_encoder_decoder"] === true)
    throw new FileError(place, "tie_encoder_decoder: expected halves with weights of their own, got true", {
      hint: "halves that share their weights are not supported",
    });
  const read = configReader(json, place);
  const ofDecoder = configReader(config, `${place}, decoder`);
  const paddingId = read.number("pad_token_id", ofDecoder.number("pad_token_id", 0));
  return { paddingId, startId: read.number("decoder_start_token_id", paddingId) };
}

function partsOf(encoder: Half, decoder: Half, startId: number, place: string): EncoderDecoderParts {
  const [from, to] = [encoder.network.hiddenSize, decoder.network.hiddenSize];
  const { cross_attention_hidden_size: sourceSize } = decoder.config;
  if (from !== to && typeof sourceSize === "number")
    throw new FileError(
      `${place}, decoder`,
      `cross_attention_hidden_size: expected null where the halves are of other sizes (${from} and ${to}), got ${sourceSize}`,
    );
  const deviation = configReader(decoder.config, place).number("initializer_range", 0.02);
  return {
    name: "the encoder-decoder pair",
    encoder: encoderOf(encoder.network),
    ...sourceReaderOf(decoder, `${place}, decoder`),
    ...(from === to ? {} : { bridge: (rows: Value) => linear(rows, "decoder.bridge", to, deviation) }),
    startId,
  };
}

function sourceReaderOf(
  { network: { sourceReader, description }, config }: Half,
  place: string,
): SourceReader {
  if (sourceReader !== undefined && config["add_cross_attention"] === true) return sourceReader;
  throw new FileError(place, `expected a decoder that attends to a source, got ${description}`, {
    hint: "put is_decoder and add_cross_attention: true there; BERT, its relatives and GPT-2 can",
  });
}

/** The encoder as its family builds it. What it gives besides rows, a pooler say, stays in checkpoints. */
function encoderOf(network: Network): SelfRunning {
  return {
    run({ ids, mask, typeIds }, mode) {
      const built = network.build("none", 0, { ids, mask, typeIds }, mode);
      const outputs = changedOutputs(built, (values) => belowName(values, "encoder"));
      const { lastHidden, hiddenStates, attentions, boundaries } = outputs;
      const others = [...outputs.heads].filter(([name]) => name !== "lastHidden");
      const fold = (states: Value): Value =>
        reshape(states, [multiplyDimensions(sizeAt(ids, 0), sizeAt(ids, 1)), network.hiddenSize]);
      return {
        lastRows: fold(lastHidden),
        hiddenStates: hiddenStates.map(fold),
        attentions,
        besides: Object.fromEntries(others.map(([name, value]) => [`encoder.${name}`, value])),
        boundaries,
      };
    },
  };
}

/** The same values over parameters whose names begin with a side; those that have one already keep it. */
function belowName(values: ReadonlyMap<string, Value>, side: SideName): Map<string, Value> {
  return replaceParameters(values, (value) => {
    const { source } = value;
    if (source.kind !== "parameter" || /^(encoder|decoder)\./.test(source.name)) return value;
    return { ...value, source: { ...source, name: `${side}.${source.name}` } };
  });
}

function renamedStep({ logits, state }: ReturnType<Decoder["step"]>): ReturnType<Decoder["step"]> {
  const outputs = state.map(({ name, output }) => [name, output] as const);
  const renamed = belowName(new Map([["logits", logits], ...outputs]), "decoder");
  return {
    logits: renamed.get("logits")!,
    state: state.map((slot) => ({ ...slot, output: renamed.get(slot.name)! })),
  };
}
