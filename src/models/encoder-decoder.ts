import { OptionError } from "../base/errors.js";
import { int64 } from "../base/tensor.js";
import {
  add,
  broadcast,
  cast,
  concatenate,
  constant,
  cumulativeSum,
  type Dimension,
  divideDimensions,
  equal,
  input,
  multiply,
  multiplyDimensions,
  range,
  reshape,
  sizeAt,
  slice,
  subtractDimensions,
  sum,
  tanh,
  type Value,
} from "../engine/index.js";
import {
  type BuildMode,
  causalBias,
  dropout,
  forInference,
  lastToken,
  linear,
  paddingBias,
} from "../nn/index.js";
import { type Decoder, type SourceHalves, stepLogits } from "./decoder.js";
import { type HeadBuilders, type HeadParts, labelHeads, wordLogits } from "./encoder.js";
import type { Head } from "./head.js";
import type { ModelInputs } from "./inputs.js";
import { cacheSlots, pastInputs } from "./key-value-cache.js";
import type { ModelOutputs } from "./model.js";
import type { Side, SideLayerInputs, SideLayerOutputs, SourceReader } from "./side.js";

// How an encoder-decoder is put together from its parts, which each family has of its own, and how its decoder goes
// step by step. Rows are [batch*length, hidden] between attentions.

/** The token in front of what the decoder reads: always the same, or the text's own last one. */
export type StartToken = number | "last";

/** An encoder that runs its own layers. */
export interface SelfRunning {
  run(inputs: ModelInputs, mode: BuildMode): EncodedSource;
}

/** What an encoder gives. */
export interface EncodedSource {
  readonly lastRows: Value; // [batch*length, hidden]
  readonly hiddenStates: readonly Value[]; // the embeddings, then each layer
  readonly attentions: readonly Value[];
  /** What it gives besides, by name: what checkpoints keep though nobody reads it. */
  readonly besides?: Readonly<Record<string, Value>>;
  /** Where gradient checkpointing may cut. Default: at `hiddenStates`. */
  readonly boundaries?: readonly Value[];
}

export interface EncoderDecoderParts extends SourceReader {
  readonly name: string;
  readonly encoder: Side | SelfRunning;
  /** What the decoder is given of the encoder's last rows, where it is not these. */
  bridge?(rows: Value): Value;
  readonly startId: StartToken;
  /** Heads on the encoder alone. */
  readonly encoderHeads?: HeadBuilders;
  /** Heads on a decoder that reads the source once more, shifted by one. */
  readonly decoderHeads?: HeadBuilders;
}

/** Build an encoder-decoder with a head on top. */
export function buildEncoderDecoder(
  parts: EncoderDecoderParts,
  head: Head,
  labelCount: number,
  inputs: ModelInputs,
  mode: BuildMode,
): ModelOutputs {
  const { mask } = inputs;
  const batch = sizeAt(inputs.ids, 0);
  const unfold = (rows: Value): Value =>
    reshape(rows, [batch, divideDimensions(sizeAt(rows, 0), batch), sizeAt(rows, 1)]);
  const headParts = (rows: Value): HeadParts => {
    const lastHidden = unfold(rows);
    const sequence = sizeAt(lastHidden, 1);
    const first = (): Value => reshape(slice(lastHidden, 1, 0, 1), [batch, sizeAt(rows, 1)]);
    return { inputs, labelCount, mode, batch, sequence, rows, lastHidden, first };
  };

  const source = encode(parts, inputs, mode);
  const { boundaries: sourceBoundaries = source.hiddenStates } = source;
  const encoder = {
    lastHidden: unfold(source.lastRows),
    hiddenStates: source.hiddenStates.map(unfold),
    attentions: source.attentions,
  };
  const encoderHead = parts.encoderHeads?.[head];
  if (encoderHead !== undefined) {
    const heads = new Map(Object.entries(encoderHead(headParts(source.lastRows))));
    return { heads, ...encoder, boundaries: sourceBoundaries };
  }

  const writes = head === "sequence-to-sequence";
  const decoderHead = parts.decoderHeads?.[head];
  if (!writes && decoderHead === undefined) throw new OptionError(`${parts.name} has no head ${head}`);
  const read = writes ? [inputs.decoderIds!, inputs.decoderMask!] : shiftedSource(inputs, parts.startId);
  const [decoderIds, decoderMask] = read as [Value, Value];
  const places = range(sizeAt(decoderIds, 1));
  const sourceRows = bridged(parts, source.lastRows);
  const text = runSide(
    parts.decoder,
    decoderIds,
    undefined,
    withPlaces(parts.decoder, causalBias(decoderMask, sizeAt(decoderIds, 1)), places, places),
    mode,
    (index) => ({
      source: { ...parts.sourceKeyValue(index, sourceRows, batch), bias: paddingBias(mask) },
    }),
  );
  const outputs = writes
    ? { logits: wordLogits(headParts(text.lastRows), parts.score), ...source.besides }
    : decoderHead!(headParts(text.lastRows));
  return {
    heads: new Map(Object.entries(outputs)),
    lastHidden: unfold(text.lastRows),
    hiddenStates: text.hiddenStates.map(unfold),
    attentions: text.attentions,
    crossAttentions: text.layers.map(({ sourceProbabilities }) => sourceProbabilities!),
    encoder,
    boundaries: [...sourceBoundaries, ...text.hiddenStates],
  };
}

/** What the decoder reads while it learns to write `target`, whose end may be padding. */
export function shiftedTarget(target: readonly number[], start: StartToken, paddingId: number): number[] {
  const last = target[target.filter((id) => id !== paddingId).length - 1];
  return [start === "last" ? (last ?? paddingId) : start, ...target.slice(0, -1)];
}

/** The same of a source `[batch, length]` in the graph, and a mask that hides nothing. */
function shiftedSource({ ids, mask }: ModelInputs, start: StartToken): [ids: Value, mask: Value] {
  const [batch, length] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const whole = (value: number, width: Dimension): Value =>
    broadcast(constant(int64([1, 1], [value])), [batch, width]);
  const first = start === "last" ? sum(multiply(ids, lastPlace(mask)), [1]) : whole(start, 1);
  const before = slice(ids, 1, 0, subtractDimensions(length, 1));
  return [concatenate([first, before], 1), whole(1, length)];
}

/** 1 at the last 1 of each row of a mask, else 0. */
function lastPlace(mask: Value): Value {
  return multiply(mask, cast(equal(cumulativeSum(mask, 1), sum(mask, [1])), "int64"));
}

/** How the heads for labels of an encoder-decoder are set. */
export interface TextHeadOptions {
  /** The token at which whole sequences are summed up. */
  readonly endId: number;
  readonly classifierDropout: number;
  readonly initialDeviation: number;
}

/**
 * Heads on what the decoder makes of the source: classes of sequences, read at the last end token, and answers as
 * spans. Parameters `summary`, `sequenceClassifier` and `spans`.
 */
export function textHeads(options: TextHeadOptions): HeadBuilders {
  const { endId, classifierDropout: rate, initialDeviation: deviation } = options;
  const { "span-extraction": spans } = labelHeads({ ...options, summary: (rows) => rows });
  return {
    "sequence-classification": ({ inputs, lastHidden, labelCount, mode }) => {
      const isEnd = cast(equal(inputs.ids, constant(int64([], [endId]))), "int64");
      const summary = dropout(lastToken(lastHidden, isEnd), rate, mode); // [batch, hidden]
      const inner = tanh(linear(summary, "summary", sizeAt(summary, 1) as number, deviation));
      return { logits: linear(dropout(inner, rate, mode), "sequenceClassifier", labelCount, deviation) };
    },
    "span-extraction": spans!,
  };
}

/**
 * How the decoder goes step by step. It reads keys and values of the source, `source.<layer>.key` and `.value`, and
 * its mask, `source.mask`; those of the text so far go from step to step as `layers.<layer>.key` and `.value`.
 */
export function stepwiseDecoder(parts: EncoderDecoderParts): Decoder {
  const { decoder } = parts;
  const source = sourceHalves(parts);
  return {
    start: (inputs) => new Map([["source.mask", inputs.mask], ...source.read(source.encode(inputs))]),
    source,
    step(inputs, form = {}) {
      const { ids, mask, positions } = inputs;
      const [batch, newCount, keyCount] = [sizeAt(ids, 0), sizeAt(ids, 1), sizeAt(mask, 1)];
      const sourceShape = [batch, decoder.headCount, "sequence", decoder.headSize];
      const given = (name: string): Value | undefined => form.source?.get(`source.${name}`);
      const ofSource = (name: string): Value => given(name) ?? input(`source.${name}`, sourceShape);
      const sourceBias = paddingBias(given("mask") ?? input("source.mask", [batch, "sequence"], "int64"));
      const places = cumulativeSum(mask, 1); // [batch, key]: padding and empty places of the cache do not count
      const newPlaces = slice(places, 1, subtractDimensions(keyCount, newCount), keyCount);
      const pasts = Array.from({ length: decoder.layerCount }, (_, index) =>
        pastInputs(`layers.${index}`, decoder, inputs, form),
      );
      const text = runSide(
        decoder,
        ids,
        positions,
        withPlaces(decoder, causalBias(mask, newCount), places, newPlaces),
        forInference(),
        (index) => ({
          past: pasts[index]!,
          source: { key: ofSource(`${index}.key`), value: ofSource(`${index}.value`), bias: sourceBias },
        }),
      );
      return {
        logits: stepLogits(text.lastRows, inputs, form, parts.score),
        state: text.layers.flatMap(({ keyValue }, index) =>
          cacheSlots(`layers.${index}`, pasts[index]!, keyValue),
        ),
      };
    },
  };
}

function sourceHalves(parts: EncoderDecoderParts): SourceHalves {
  return {
    encode(inputs) {
      const { lastRows } = encode(parts, inputs, forInference());
      return reshape(lastRows, [sizeAt(inputs.ids, 0), sizeAt(inputs.ids, 1), sizeAt(lastRows, 1)]);
    },
    read(hidden) {
      const [batch, length, hiddenSize] = hidden.shape as [Dimension, Dimension, number];
      const rows = bridged(parts, reshape(hidden, [multiplyDimensions(batch, length), hiddenSize]));
      const layers = Array.from({ length: parts.decoder.layerCount }, (_, index) => {
        const { key, value } = parts.sourceKeyValue(index, rows, batch);
        return [[`source.${index}.key`, key] as const, [`source.${index}.value`, value] as const];
      });
      return new Map(layers.flat());
    },
  };
}

function encode({ encoder }: EncoderDecoderParts, inputs: ModelInputs, mode: BuildMode): EncodedSource {
  if ("run" in encoder) return encoder.run(inputs, mode);
  const { ids, mask } = inputs;
  const places = range(sizeAt(ids, 1));
  const bias = withPlaces(encoder, paddingBias(mask), places, places);
  return runSide(encoder, ids, undefined, bias, mode, () => ({}));
}

/** What the decoder attends to. */
function bridged(parts: EncoderDecoderParts, rows: Value): Value {
  return parts.bridge?.(rows) ?? rows;
}

interface SideOutputs extends EncodedSource {
  readonly layers: readonly SideLayerOutputs[];
}

function runSide(
  side: Side,
  ids: Value,
  positions: Value | undefined,
  bias: Value,
  mode: BuildMode,
  more: (index: number) => Pick<SideLayerInputs, "past" | "source">,
): SideOutputs {
  const batch = sizeAt(ids, 0);
  let rows = side.embed(ids, positions, mode);
  const hiddenStates: Value[] = [];
  const layers: SideLayerOutputs[] = [];
  for (let index = 0; index < side.layerCount; index++) {
    hiddenStates.push(rows);
    const result = side.layer(index, { x: rows, batch, bias, ...more(index) }, mode);
    rows = result.rows;
    layers.push(result);
  }
  const lastRows = side.finish?.(rows, mode) ?? rows;
  return {
    lastRows,
    hiddenStates: [...hiddenStates, lastRows],
    attentions: layers.map(({ probabilities }) => probabilities),
    layers,
  };
}

function withPlaces(side: Side, bias: Value, keys: Value, queries: Value): Value {
  const placeBias = side.placeBias?.(keys, queries);
  return placeBias === undefined ? bias : add(placeBias, bias);
}
