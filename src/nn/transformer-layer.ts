import { add, type Dimension, divideDimensions, sizeAt, type Value } from "../engine/index.js";
import {
  type AttendedWithPast,
  attend,
  attendWithPast,
  type KeyValue,
  type PastKeyValue,
  splitHeads,
} from "./attention.js";
import type { BuildMode } from "./build-mode.js";
import { dropout } from "./dropout.js";
import { type FeedForwardOptions, feedForward } from "./feed-forward.js";
import { layerNorm } from "./layer-norm.js";
import { linear } from "./linear.js";

export interface TransformerLayerOptions extends FeedForwardOptions {
  readonly headCount: number;
  /** Of the probabilities of attention. */
  readonly attentionDropout: number;
  /** Of what attention gives. */
  readonly hiddenDropout: number;
  /** Of what the feed-forward gives. Default: `hiddenDropout`. */
  readonly feedForwardDropout?: number;
  /** Whether each part normalises what it reads instead of its sum with that. Default false. */
  readonly normFirst?: boolean;
  readonly normEpsilon: number;
}

export interface TransformerLayerInputs {
  /** The rows that the layer changes. */
  readonly x: Value; // [batch*query, hidden]
  /** The rows they attend to. Default: `x`. */
  readonly context?: Value; // [batch*length, hidden]
  readonly batch: Dimension;
  /** Added to the scores; broadcasts to `[batch, heads, query, key]`. */
  readonly bias: Value;
  /** Of a decoder at work: the keys and values of the tokens before these. */
  readonly past?: PastKeyValue;
  /** Of a decoder that reads a source: its keys and values, and the bias of its padding. */
  readonly source?: KeyValue & { readonly bias: Value };
}

export interface TransformerLayerOutputs {
  readonly rows: Value; // [batch*query, hidden]
  readonly probabilities: Value; // [batch, heads, query, key]
  /** What it attends to in the source. */
  readonly sourceProbabilities?: Value; // [batch, heads, query, source]
  readonly query: Value; // [batch, heads, query, headSize]
  /** Of the rows that `x` attends to, without the past unless that is joined. */
  readonly keyValue: KeyValue;
}

/**
 * A layer of the transformer (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762): attention, attention to a source
 * if there is one, and a feed-forward, each added to what it read. A norm stands after each sum, as in the paper, or in
 * front of each part. Parameters `<name>.attention`, `<name>.sourceAttention` and `<name>.feedForward`.
 */
export function transformerLayer(
  { x, context = x, batch, bias, past, source }: TransformerLayerInputs,
  name: string,
  options: TransformerLayerOptions,
  mode: BuildMode,
): TransformerLayerOutputs {
  const { hiddenDropout, feedForwardDropout = hiddenDropout, initialDeviation: deviation } = options;
  const { normFirst = false } = options;
  const hiddenSize = sizeAt(x, -1) as number;
  const normOf = (rows: Value, part: string): Value =>
    layerNorm(rows, `${name}.${part}.norm`, options.normEpsilon);
  const before = (rows: Value, part: string): Value => (normFirst ? normOf(rows, part) : rows);
  const after = (rows: Value, result: Value, part: string, rate: number): Value => {
    const sum = add(dropout(result, rate, mode), rows);
    return normFirst ? sum : normOf(sum, part);
  };
  const attendTo = (
    input: Value,
    part: string,
    seen: KeyValue,
    bias: Value,
    past?: PastKeyValue,
  ): AttendedWithPast & { readonly query: Value } => {
    const query = headsOf(input, `${name}.${part}.query`, batch, options);
    const settings = { dropoutRate: options.attentionDropout, bias };
    const { output, ...others } =
      past === undefined
        ? { ...attend(query, seen.key, seen.value, settings, mode), kept: seen }
        : attendWithPast(query, past, seen, settings);
    return { ...others, output: linear(output, `${name}.${part}.output`, hiddenSize, deviation), query };
  };

  const asking = before(x, "attention");
  const seen = context === x ? asking : before(context, "attention");
  const keyValue = keyValueOf(seen, `${name}.attention`, batch, options);
  const attended = attendTo(asking, "attention", keyValue, bias, past);
  let rows = after(x, attended.output, "attention", hiddenDropout);
  let sourceProbabilities: Value | undefined;
  if (source !== undefined) {
    const informed = attendTo(before(rows, "sourceAttention"), "sourceAttention", source, source.bias);
    rows = after(rows, informed.output, "sourceAttention", hiddenDropout);
    sourceProbabilities = informed.probabilities;
  }
  const made = feedForward(before(rows, "feedForward"), `${name}.feedForward`, options, mode);
  return {
    rows: after(rows, made, "feedForward", feedForwardDropout),
    probabilities: attended.probabilities,
    ...(sourceProbabilities === undefined ? {} : { sourceProbabilities }),
    query: attended.query,
    keyValue: attended.kept,
  };
}

/** The keys and values of rows `[batch*length, hidden]`, by the projections `<name>.key` and `<name>.value`. */
export function keyValueOf(
  rows: Value,
  name: string,
  batch: Dimension,
  options: Pick<TransformerLayerOptions, "headCount" | "initialDeviation">,
): KeyValue {
  return {
    key: headsOf(rows, `${name}.key`, batch, options),
    value: headsOf(rows, `${name}.value`, batch, options),
  };
}

/** Rows `[batch*length, hidden]` projected, as `[batch, heads, length, headSize]`. */
function headsOf(
  rows: Value,
  name: string,
  batch: Dimension,
  { headCount, initialDeviation }: Pick<TransformerLayerOptions, "headCount" | "initialDeviation">,
): Value {
  const projected = linear(rows, name, sizeAt(rows, -1) as number, initialDeviation);
  return splitHeads(projected, batch, divideDimensions(sizeAt(rows, 0), batch), headCount);
}
