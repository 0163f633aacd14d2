import { OptionError } from "../base/errors.js";
import { int64 } from "../base/tensor.js";
import {
  add,
  constant,
  type Dimension,
  divideDimensions,
  equal,
  gather,
  multiplyDimensions,
  range,
  reshape,
  sizeAt,
  slice,
  type Value,
} from "../engine/index.js";
import {
  type AttentionVectors,
  type BuildMode,
  dropout,
  type EmbeddedIds,
  type KeyValue,
  linear,
  paddingBias,
  sameTextBias,
  visibleBias,
} from "../nn/index.js";
import type { StateSlot } from "./decoder.js";
import type { Head } from "./head.js";
import type { ModelInputs, Packing } from "./inputs.js";
import type { ModelOutputs } from "./model.js";

// How an encoder is put together from its parts: embeddings, layers and heads, which each family has of its own.
// Rows are [batch*sequence, hidden] between attentions.

/** The inputs of an encoder, choices laid flat: `[batch, sequence]`, or `[rows, length]` where texts are packed. */
export type EncoderInputs = Pick<ModelInputs, "ids" | "mask" | "typeIds" | "packing" | "prefixLengths">;

/** What a layer is given: rows, the rows they attend to, and what is added to the scores. */
export interface LayerInputs {
  readonly x: Value; // [batch*query, hidden]
  readonly context: Value; // [batch*sequence, hidden]
  readonly batch: Dimension;
  readonly bias: Value; // broadcasts to [batch, heads, query, sequence]
}

/** What a layer gives. What its attention compares and mixes is there where queries, keys and values are apart. */
export interface LayerOutputs {
  readonly rows: Value; // [batch*query, hidden]
  readonly probabilities: Value; // [batch, heads, query, sequence]
  readonly query?: Value; // [batch, heads, query, headSize]
  readonly keyValue?: KeyValue;
}

/** The parts of an encoder. */
export interface EncoderParts {
  readonly name: string;
  readonly hiddenSize: number;
  readonly layerCount: number;
  embed(inputs: EncoderInputs, mode: BuildMode): Value; // [batch*sequence, hidden]
  /** What is added to the scores of attention. Default: `textBias`. */
  bias?(inputs: EncoderInputs): Value;
  layer(index: number, inputs: LayerInputs, mode: BuildMode): LayerOutputs;
  readonly heads: HeadBuilders;
}

/** What a head is built from. */
export interface HeadParts {
  readonly inputs: ModelInputs;
  readonly labelCount: number;
  readonly mode: BuildMode;
  readonly batch: Dimension;
  readonly sequence: Dimension;
  readonly rows: Value; // [batch*sequence, hidden]
  readonly lastHidden: Value; // [batch, sequence, hidden]
  /** The last hidden state of each first token. */
  first(): Value; // [batch, hidden]
}

/** The outputs of each head by name, `logits` mostly. */
export type HeadBuilders = Readonly<Partial<Record<Head, (parts: HeadParts) => Record<string, Value>>>>;

/** Heads that read nothing of the last layer but the first token. */
const readsFirstToken: ReadonlySet<Head> = new Set([
  "embedding",
  "next-sentence",
  "sequence-classification",
  "multiple-choice",
]);

/** What the layers of an encoder give. Rows are `[batch*sequence, hidden]`. */
export interface EncoderRun {
  /** The embeddings, then each layer. */
  readonly hiddenStates: readonly Value[];
  readonly attentions: readonly Value[];
  /** What the attention of each layer compares and mixes, where that is known. */
  readonly vectors?: readonly AttentionVectors[];
  /** What heads read. Default: the last of `hiddenStates`. */
  readonly rows?: Value;
  /** The state of the one token that heads of whole sequences read. Default: of each first. */
  first?(): Value; // [batch, hidden]
  /** Where gradient checkpointing may cut. Default: at `hiddenStates`. */
  readonly boundaries?: readonly Value[];
  /** What goes on to the next part of a text. */
  readonly state?: readonly StateSlot[];
}

/** An encoder whose layers have more in common than `EncoderParts` knows: it runs them itself. */
export interface WholeEncoder extends Pick<EncoderParts, "name" | "hiddenSize" | "heads"> {
  run(inputs: ModelInputs, mode: BuildMode, head: Head): EncoderRun;
}

/** Build an encoder of like layers with a head on top. */
export function buildEncoder(
  parts: EncoderParts,
  head: Head,
  labelCount: number,
  inputs: ModelInputs,
  mode: BuildMode,
): ModelOutputs {
  const run: WholeEncoder["run"] = (...asked) => runLayers(parts, ...asked);
  return buildWholeEncoder({ ...parts, run }, head, labelCount, inputs, mode);
}

/** Build an encoder that runs its own layers, with a head on top. */
export function buildWholeEncoder(
  { name, hiddenSize, heads, run }: WholeEncoder,
  head: Head,
  labelCount: number,
  inputs: ModelInputs,
  mode: BuildMode,
): ModelOutputs {
  const buildHead = heads[head];
  if (buildHead === undefined) throw new OptionError(`${name} has no head ${head}`);
  const flat = head === "multiple-choice" ? flattenChoices(inputs) : inputs;
  const { packing } = flat;
  const ran = run(flat, mode, head);
  const { hiddenStates } = ran;
  const unfold = (x: Value, batch: Dimension): Value =>
    reshape(x, [batch, divideDimensions(sizeAt(x, 0), batch), hiddenSize]);
  const last = ran.rows ?? hiddenStates.at(-1)!;
  const rows = packing === undefined ? last : unpacked(last, packing);
  const batch = sizeAt(packing?.places ?? flat.ids, 0);
  const sequence = divideDimensions(sizeAt(rows, 0), batch);
  const lastHidden = unfold(rows, batch);
  const first = (): Value => ran.first?.() ?? firstOf(rows, batch);
  const read = packing === undefined ? inputs : { ...inputs, mask: packing.mask };
  const outputs = buildHead({ inputs: read, labelCount, mode, batch, sequence, rows, lastHidden, first });
  return {
    heads: new Map(Object.entries(outputs)),
    lastHidden,
    hiddenStates: hiddenStates.map((state) => unfold(state, sizeAt(flat.ids, 0))),
    attentions: ran.attentions,
    ...(ran.vectors === undefined ? {} : { vectors: ran.vectors }),
    ...(ran.state === undefined ? {} : { state: ran.state }),
    boundaries: ran.boundaries ?? hiddenStates,
  };
}

/** The ids that embeddings read, with positions where these do not count from the start of the row. */
export function placed({ ids, typeIds, packing }: EncoderInputs): EmbeddedIds {
  return { ids, typeIds, positions: packing?.positions };
}

/** What is added to the scores of attention so that each token sees the tokens of its own text, and no padding. */
export function textBias({ mask, packing }: EncoderInputs): Value {
  return packing === undefined ? paddingBias(mask) : sameTextBias(packing.texts);
}

/** Rows of packed texts `[rows*length, hidden]`, laid out a text a row: `[batch*sequence, hidden]`. */
function unpacked(rows: Value, { places }: Packing): Value {
  return gather(rows, reshape(places, [multiplyDimensions(sizeAt(places, 0), sizeAt(places, 1))]));
}

function runLayers(parts: EncoderParts, inputs: ModelInputs, mode: BuildMode, head: Head): EncoderRun {
  const { layerCount } = parts;
  const batch = sizeAt(inputs.ids, 0);
  const bias = parts.bias?.(inputs) ?? textBias(inputs);
  let rows = parts.embed(inputs, mode);
  const hiddenStates = [rows];
  const attentions: Value[] = [];
  const vectors: AttentionVectors[] = [];
  for (let layer = 0; layer < layerCount; layer++) {
    const result = parts.layer(layer, { x: rows, context: rows, batch, bias }, mode);
    const { query, keyValue } = result;
    rows = result.rows;
    hiddenStates.push(rows);
    attentions.push(result.probabilities);
    if (query !== undefined && keyValue !== undefined) vectors.push({ query, ...keyValue });
  }
  const known = { hiddenStates, attentions, ...(vectors.length < layerCount ? {} : { vectors }) };
  if (!readsFirstToken.has(head)) return known;
  const before = hiddenStates[layerCount - 1]!;
  const lastLayer = (x: Value, firstBias: Value): Value =>
    parts.layer(layerCount - 1, { x, context: before, batch, bias: firstBias }, mode).rows;
  /** The last layer for the first token alone: what nobody reads of it is not computed. */
  const first = (): Value => {
    const { packing } = inputs;
    if (packing === undefined)
      return lastLayer(firstOf(before, batch), sizeAt(bias, 2) === 1 ? bias : slice(bias, 2, 0, 1));
    const { firstPlaces, firstSlots } = packing;
    const slots = multiplyDimensions(sizeAt(firstPlaces, 0), sizeAt(firstPlaces, 1));
    const firsts = gather(before, reshape(firstPlaces, [slots]));
    return gather(lastLayer(firsts, slotBias(packing)), firstSlots);
  };
  return { ...known, first, boundaries: hiddenStates.slice(0, -1) };
}

/** A bias `[rows, 1, slots, length]` that lets the first token of a row's n-th text see that text. */
function slotBias({ texts, firstPlaces }: Packing): Value {
  const [rows, length, slots] = [sizeAt(texts, 0), sizeAt(texts, 1), sizeAt(firstPlaces, 1)];
  const numbers = reshape(add(range(slots), constant(int64([], [1]))), [1, 1, slots, 1]);
  return visibleBias(equal(numbers, reshape(texts, [rows, 1, 1, length])));
}

/** The first row of each example: `[batch*sequence, hidden]` to `[batch, hidden]`. */
function firstOf(rows: Value, batch: Dimension): Value {
  const [rowCount, hiddenSize] = rows.shape as [Dimension, number];
  const texts = reshape(rows, [batch, divideDimensions(rowCount, batch), hiddenSize]);
  return reshape(slice(texts, 1, 0, 1), [batch, hiddenSize]);
}

/** `[examples, choices, sequence]` to `[examples*choices, sequence]`. */
function flattenChoices({ ids, mask, typeIds }: ModelInputs): ModelInputs {
  const shape = [multiplyDimensions(sizeAt(ids, 0), sizeAt(ids, 1)), sizeAt(ids, 2)];
  return { ids: reshape(ids, shape), mask: reshape(mask, shape), typeIds: reshape(typeIds, shape) };
}

/** Scores of words by `score`, at all places or at the predicted ones alone. */
export function wordLogits(
  { inputs: { predictedRows }, rows, batch, sequence }: HeadParts,
  score: (rows: Value) => Value,
): Value {
  if (predictedRows !== undefined) return score(gather(rows, predictedRows)); // [predicted, vocabulary]
  const logits = score(rows);
  return reshape(logits, [batch, sequence, sizeAt(logits, 1)]);
}

/** The two columns of `[batch, sequence, 2]` as outputs of a head that finds spans. */
export function sidesOf(logits: Value): { startLogits: Value; endLogits: Value } {
  const side = (i: number): Value => reshape(slice(logits, 2, i, i + 1), logits.shape.slice(0, 2));
  return { startLogits: side(0), endLogits: side(1) };
}

/** How a family's heads for labels differ from each other's. */
export interface LabelHeadOptions {
  readonly classifierDropout: number;
  readonly initialDeviation: number;
  /** What the classifier of whole sequences is called. Default `classifier`. */
  readonly sequenceClassifier?: string;
  /** What the classifier of whole sequences reads, from the first token's last hidden state; `[batch, size]` both. */
  summary(first: Value, mode: BuildMode): Value;
  /** The same for choices. Default: `summary`. */
  choiceSummary?(first: Value, mode: BuildMode): Value;
  /** Of what the span head reads. Default 0. */
  readonly spanDropout?: number;
}

/**
 * The heads that fine-tuning adds: classes of sequences and tokens, answers as spans, and choices. Parameters
 * `classifier` and `spans`.
 */
export function labelHeads(options: LabelHeadOptions): HeadBuilders {
  const { classifierDropout, initialDeviation: deviation, summary, choiceSummary = summary } = options;
  const { sequenceClassifier = "classifier", spanDropout = 0 } = options;
  return {
    "sequence-classification": ({ first, mode, labelCount }) => ({
      logits: linear(summary(first(), mode), sequenceClassifier, labelCount, deviation),
    }),
    "token-classification": ({ rows, mode, labelCount, batch, sequence }) => {
      const kept = dropout(rows, classifierDropout, mode);
      const logits = linear(kept, "classifier", labelCount, deviation);
      return { logits: reshape(logits, [batch, sequence, labelCount]) };
    },
    "span-extraction": ({ rows, mode, batch, sequence }) => {
      const scores = linear(dropout(rows, spanDropout, mode), "spans", 2, deviation);
      return sidesOf(reshape(scores, [batch, sequence, 2]));
    },
    "multiple-choice": ({ inputs, first, mode }) => {
      const scores = linear(choiceSummary(first(), mode), "classifier", 1, deviation);
      return { logits: reshape(scores, inputs.ids.shape.slice(0, 2)) }; // [examples, choices]
    },
  };
}
