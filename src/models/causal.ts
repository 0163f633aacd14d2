import { OptionError } from "../base/errors.js";
import {
  type Dimension,
  divideDimensions,
  gather,
  range,
  reshape,
  sizeAt,
  split,
  type Value,
} from "../engine/index.js";
import {
  attend,
  attendWithPast,
  type BuildMode,
  causalBias,
  dropout,
  forInference,
  type KeyValue,
  lastPlaces,
  lastToken,
  linear,
  paddingBias,
  prefixBias,
  type Rotation,
  rotate,
  splitHeads,
  unbiasedLinear,
} from "../nn/index.js";
import { type DecoderStep, type StateSlot, type StepForm, type StepInputs, stepLogits } from "./decoder.js";
import type { Head } from "./head.js";
import type { ModelInputs } from "./inputs.js";
import { cacheSlots, pastInputs } from "./key-value-cache.js";
import type { ModelOutputs, Network } from "./model.js";
import type { SideLayerInputs, SideLayerOutputs, SourceReader } from "./side.js";

// How a model that looks back only is put together from its parts, as a graph of whole texts and as one of a step:
// what differs is where keys and values of earlier tokens come from. Rows are [batch*new, hidden], new being the
// whole sequence or the tokens of a step.

/** What a layer projects its rows to, before heads are told apart; `[batch*new, heads*headSize]`, the query's those kept. */
export interface Projections {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/** Attention to all tokens up to each that asks: gives `[batch*query, heads*headSize]`. */
export type LookBack = (
  projections: Projections,
  options: { readonly dropoutRate: number; readonly scale?: number },
) => Value;

/** Attention to a source: `[batch*query, heads*headSize]` for queries of that shape. */
export type LookAtSource = (
  query: Value,
  options: { readonly dropoutRate: number; readonly scale?: number },
) => Value;

/** How a layer looks at the text. */
export interface Looking {
  readonly back: LookBack;
  /** Where there is a source, how the layer looks at it. */
  readonly source?: LookAtSource;
  /** Of rows those that the layer is computed for: all of them, or of each text the last token's. */
  readonly kept: (rows: Value) => Value;
}

/** The parts of a model that looks back only. */
export interface CausalParts {
  readonly name: string;
  readonly layerCount: number;
  readonly hiddenSize: number;
  readonly headCount: number;
  /** Heads of keys and values; each is shared by as many of the query's. */
  readonly keyHeadCount: number;
  readonly headSize: number;
  /** `positions` is int64 `[batch, new]`; where it is missing, tokens are counted from 0. */
  embed(ids: Value, positions: Value | undefined, mode: BuildMode): Value; // [batch*new, hidden]
  /** How queries and keys are turned by their positions, where they are. */
  rotation?(positions: Value): Rotation;
  /** How many tokens a layer sees, itself counted; undefined: all. */
  window?(layer: number): number | undefined;
  layer(index: number, rows: Value, looking: Looking, mode: BuildMode): Value;
  /** What comes above the last layer: a norm, if anything. */
  finish(rows: Value): Value;
  /** Scores of the vocabulary. */
  predict(rows: Value): Value; // [rows, vocabulary]
  readonly heads: CausalHeads;
}

/** What a head is built from. */
export interface CausalHeadParts {
  readonly labelCount: number;
  readonly mode: BuildMode;
  readonly batch: Dimension;
  readonly sequence: Dimension;
  readonly rows: Value; // [batch*sequence, hidden]
  /** The last hidden state of each text's last token. */
  last(): Value; // [batch, hidden]
}

/** The outputs of each head by name, beside those of the bare model and the language model, which all have. */
export type CausalHeads = Readonly<Partial<Record<Head, (parts: CausalHeadParts) => Record<string, Value>>>>;

/** Heads that read nothing of the last layer but the last token. */
const readsLastToken: ReadonlySet<Head> = new Set(["sequence-classification"]);

/** The network of a model that looks back only. */
export function causalNetwork(
  parts: CausalParts,
  { vocabularySize, positionCount }: { readonly vocabularySize: number; readonly positionCount: number },
): Network {
  const { name, layerCount, hiddenSize } = parts;
  return {
    ...{ vocabularySize, layerCount, hiddenSize, maxLength: positionCount },
    description: `${name}, ${layerCount} layers x ${hiddenSize}`,
    seesPrefix: true,
    build: (...asked) => buildCausal(parts, ...asked),
    decoder: { step: (...asked) => stepCausal(parts, ...asked) },
  };
}

/** Build the graph of whole texts with a head on top. */
function buildCausal(
  parts: CausalParts,
  head: Head,
  labelCount: number,
  { ids, mask, predictedRows, prefixLengths }: ModelInputs,
  mode: BuildMode,
): ModelOutputs {
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const rotation = parts.rotation?.(range(sequence));
  const biasOf = biases((window) =>
    prefixLengths === undefined
      ? causalBias(mask, sequence, window)
      : prefixBias(mask, prefixLengths, window),
  );
  const attentions: Value[] = [];
  const lookBack =
    (turns: Turns, bias: Value): LookBack =>
    (projections, options) => {
      const { query, key, value } = headsOf(parts, projections, batch, turns);
      const { output, probabilities } = attend(query, key, value, { ...options, bias }, mode);
      attentions.push(probabilities);
      return output;
    };
  const unfold = (x: Value): Value =>
    reshape(x, [batch, divideDimensions(sizeAt(x, 0), batch), sizeAt(x, 1)]);
  const looking = (layer: number): Looking => {
    const window = parts.window?.(layer);
    const isCut = readsLastToken.has(head) && layer === parts.layerCount - 1 && window === undefined;
    if (!isCut) return { back: lookBack({ query: rotation, key: rotation }, biasOf(window)), kept: all };
    const turned = rotation && parts.rotation?.(lastPlaces(mask));
    return {
      back: lookBack({ query: turned, key: rotation }, paddingBias(mask)), // the last token sees the whole text
      kept: (rows) => lastToken(unfold(rows), mask),
    };
  };

  let rows = parts.embed(ids, undefined, mode);
  const boundaries = [rows];
  for (let layer = 0; layer < parts.layerCount; layer++) {
    rows = parts.layer(layer, rows, looking(layer), mode);
    boundaries.push(rows);
  }
  const finished = parts.finish(rows);
  const lastHidden = unfold(finished); // [batch, sequence, hidden], or [batch, 1, hidden] of last tokens
  const heads: CausalHeads = {
    none: () => ({ lastHidden }),
    "causal-lm": () => {
      if (predictedRows !== undefined) return { logits: parts.predict(gather(finished, predictedRows)) };
      const logits = parts.predict(finished);
      return { logits: reshape(logits, [batch, sequence, sizeAt(logits, 1)]) };
    },
    ...parts.heads,
  };
  const buildHead = heads[head];
  if (buildHead === undefined) throw new OptionError(`${parts.name} has no head ${head}`);
  const last = (): Value => (sizeAt(finished, 0) === batch ? finished : lastToken(lastHidden, mask));
  return {
    heads: new Map(Object.entries(buildHead({ labelCount, mode, batch, sequence, rows: finished, last }))),
    lastHidden,
    hiddenStates: [...boundaries.slice(0, -1), finished].map(unfold),
    attentions,
    boundaries,
  };
}

const all = (rows: Value): Value => rows;

/** Build the graph of new tokens whose past is in the cache: keys and values of each layer, as `layers.0.key`. */
function stepCausal(parts: CausalParts, inputs: StepInputs, form: StepForm = {}): DecoderStep {
  const { layerCount, keyHeadCount: headCount, headSize } = parts;
  const { ids, mask, positions } = inputs;
  const [batch, length] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const rotation = parts.rotation?.(positions);
  const biasOf = biases((window) => causalBias(mask, length, window));
  const mode = forInference();
  const state: StateSlot[] = [];
  const lookBack =
    (layer: number): LookBack =>
    (projections, options) => {
      const { query, ...present } = headsOf(parts, projections, batch, { query: rotation, key: rotation });
      const past = pastInputs(`layers.${layer}`, { headCount, headSize }, inputs, form);
      const bias = biasOf(parts.window?.(layer));
      const { output, kept } = attendWithPast(query, past, present, { ...options, bias });
      state.push(...cacheSlots(`layers.${layer}`, past, kept));
      return output;
    };

  let rows = parts.embed(ids, positions, mode);
  for (let layer = 0; layer < layerCount; layer++)
    rows = parts.layer(layer, rows, { back: lookBack(layer), kept: all }, mode);
  return { logits: stepLogits(rows, inputs, form, (kept) => parts.predict(parts.finish(kept))), state };
}

/**
 * A model that looks back as the half of a pair that writes. Its layers have to look at the source; `sourceKeyValue`
 * says what they see of it, each `[batch, heads, source, headSize]`.
 */
export function causalSourceReader(
  parts: CausalParts,
  sourceKeyValue: SourceReader["sourceKeyValue"],
): SourceReader {
  const { layerCount, headCount, headSize } = parts;
  return {
    decoder: {
      ...{ layerCount, headCount, headSize },
      embed: (ids, positions, mode) => parts.embed(ids, positions, mode),
      layer: (index, inputs, mode) => layerAtSource(parts, index, inputs, mode),
      finish: (rows) => parts.finish(rows),
    },
    sourceKeyValue,
    score: (rows) => parts.predict(rows),
  };
}

function layerAtSource(
  parts: CausalParts,
  index: number,
  { x, batch, bias, past, source }: SideLayerInputs,
  mode: BuildMode,
): SideLayerOutputs {
  const seen: { keyValue?: KeyValue; own?: Value; ofSource?: Value } = {};
  const back: LookBack = (projections, options) => {
    const { query, ...present } = headsOf(parts, projections, batch, { query: undefined, key: undefined });
    const { output, probabilities, kept } =
      past === undefined
        ? { ...attend(query, present.key, present.value, { ...options, bias }, mode), kept: present }
        : attendWithPast(query, past, present, { ...options, bias });
    Object.assign(seen, { keyValue: kept, own: probabilities });
    return output;
  };
  const atSource =
    ({ key, value, bias: sourceBias }: NonNullable<typeof source>): LookAtSource =>
    (rows, options) => {
      const query = splitHeads(rows, batch, divideDimensions(sizeAt(rows, 0), batch), parts.headCount);
      const { output, probabilities } = attend(query, key, value, { ...options, bias: sourceBias }, mode);
      seen.ofSource = probabilities;
      return output;
    };
  const looking = { back, kept: all, ...(source === undefined ? {} : { source: atSource(source) }) };
  const rows = parts.layer(index, x, looking, mode);
  return {
    rows,
    probabilities: seen.own!,
    ...(seen.ofSource === undefined ? {} : { sourceProbabilities: seen.ofSource }),
    keyValue: seen.keyValue!,
  };
}

/** How queries and keys are turned, where they are. */
interface Turns {
  readonly query: Rotation | undefined;
  readonly key: Rotation | undefined;
}

/** Queries, keys and values `[batch, heads, length, headSize]`, turned by their positions. */
function headsOf(
  { headCount, keyHeadCount }: CausalParts,
  { query, key, value }: Projections,
  batch: Dimension,
  turns: Turns,
): Projections {
  const split = (x: Value, count: number): Value =>
    splitHeads(x, batch, divideDimensions(sizeAt(x, 0), batch), count);
  const turn = (x: Value, by: Rotation | undefined): Value => (by === undefined ? x : rotate(x, by));
  return {
    query: turn(split(query, headCount), turns.query),
    key: turn(split(key, keyHeadCount), turns.key),
    value: split(value, keyHeadCount),
  };
}

/** What is added to scores, made once for all layers that see as far. */
function biases(make: (window: number | undefined) => Value): (window: number | undefined) => Value {
  const made = new Map<number | undefined, Value>();
  return (window) => {
    const bias = made.get(window) ?? make(window);
    made.set(window, bias);
    return bias;
  };
}

/** How a family's heads for labels differ from each other's. */
export interface CausalLabelOptions {
  readonly classifierDropout: number;
  readonly initialDeviation: number;
  /** What the classifier of tokens is called: as that of whole texts, `score`, in many. */
  readonly tokenClassifier: "score" | "classifier";
}

/**
 * The heads that fine-tuning adds: classes of whole texts, read off the last token, classes of tokens, and answers as
 * spans. Parameters `score`, `classifier` and `spans`.
 */
export function causalLabelHeads({
  classifierDropout,
  initialDeviation: deviation,
  tokenClassifier,
}: CausalLabelOptions): CausalHeads {
  return {
    "sequence-classification": ({ last, labelCount }) => ({
      logits: unbiasedLinear(last(), "score", labelCount, deviation),
    }),
    "token-classification": ({ rows, mode, labelCount, batch, sequence }) => {
      const dropped = dropout(rows, classifierDropout, mode);
      const logits = linear(dropped, tokenClassifier, labelCount, deviation);
      return { logits: reshape(logits, [batch, sequence, labelCount]) };
    },
    "span-extraction": ({ rows, batch, sequence }) => {
      const [starts, ends] = split(linear(rows, "spans", 2, deviation), 1, [1, 1]) as [Value, Value];
      return { startLogits: reshape(starts, [batch, sequence]), endLogits: reshape(ends, [batch, sequence]) };
    },
  };
}
