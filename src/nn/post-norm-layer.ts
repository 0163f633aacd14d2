import { type Dimension, divideDimensions, sizeAt, type Value } from "../engine/index.js";
import { attend, attendWithPast, type KeyValue, splitHeads } from "./attention.js";
import type { BuildMode } from "./build-mode.js";
import { linear } from "./linear.js";
import { addAndNorm, postNormFeedForward } from "./post-norm.js";

export interface PostNormLayerOptions {
  readonly headCount: number;
  readonly feedForwardSize: number;
  readonly activation: string;
  /** Of the probabilities of attention. */
  readonly attentionDropout: number;
  /** Of what attention gives. */
  readonly hiddenDropout: number;
  /** Of what the feed-forward gives. Default: `hiddenDropout`. */
  readonly feedForwardDropout?: number;
  readonly normEpsilon: number;
  readonly initialDeviation: number;
}

export interface PostNormLayerInputs {
  /** The rows that the layer changes. */
  readonly x: Value; // [batch*query, hidden]
  /** The rows they attend to. Default: `x`. */
  readonly context?: Value; // [batch*length, hidden]
  readonly batch: Dimension;
  /** Added to the scores; broadcasts to `[batch, heads, query, key]`. */
  readonly bias: Value;
  /** Of a decoder at work: the keys and values of the tokens before these. */
  readonly past?: KeyValue;
  /** Of a decoder that reads a source: its keys and values, and the bias of its padding. */
  readonly source?: KeyValue & { readonly bias: Value };
}

export interface PostNormLayerOutputs {
  readonly rows: Value; // [batch*query, hidden]
  readonly probabilities: Value; // [batch, heads, query, key]
  /** What it attends to in the source. */
  readonly sourceProbabilities?: Value; // [batch, heads, query, source]
  /** Of the rows that `x` attends to, without the past. */
  readonly keyValue: KeyValue;
}

/**
 * A layer of the original transformer (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762): attention, attention
 * to a source if there is one, and a feed-forward, each added to what came in and normalised then. Parameters
 * `<name>.attention`, `<name>.sourceAttention` and `<name>.feedForward`.
 */
export function postNormLayer(
  { x, context = x, batch, bias, past, source }: PostNormLayerInputs,
  name: string,
  options: PostNormLayerOptions,
  mode: BuildMode,
): PostNormLayerOutputs {
  const { hiddenDropout, feedForwardDropout = hiddenDropout, initialDeviation: deviation } = options;
  const hiddenSize = sizeAt(x, -1) as number;
  const attendTo = (
    input: Value,
    part: string,
    keyValue: KeyValue,
    bias: Value,
    before?: KeyValue,
  ): [Value, Value] => {
    const query = headsOf(input, `${name}.${part}.query`, batch, options);
    const settings = { dropoutRate: options.attentionDropout, bias };
    const { output, probabilities } =
      before === undefined
        ? attend(query, keyValue.key, keyValue.value, settings, mode)
        : attendWithPast(query, before, keyValue, settings);
    const result = linear(output, `${name}.${part}.output`, hiddenSize, deviation);
    return [addAndNorm(input, result, `${name}.${part}.norm`, options, mode), probabilities];
  };

  const keyValue = keyValueOf(context, `${name}.attention`, batch, options);
  const [attended, probabilities] = attendTo(x, "attention", keyValue, bias, past);
  const [informed, sourceProbabilities] =
    source === undefined ? [attended] : attendTo(attended, "sourceAttention", source, source.bias);
  return {
    rows: postNormFeedForward(
      informed,
      `${name}.feedForward`,
      { ...options, hiddenDropout: feedForwardDropout },
      mode,
    ),
    probabilities,
    ...(sourceProbabilities === undefined ? {} : { sourceProbabilities }),
    keyValue,
  };
}

/** The keys and values of rows `[batch*length, hidden]`, by the projections `<name>.key` and `<name>.value`. */
export function keyValueOf(
  rows: Value,
  name: string,
  batch: Dimension,
  options: Pick<PostNormLayerOptions, "headCount" | "initialDeviation">,
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
  { headCount, initialDeviation }: Pick<PostNormLayerOptions, "headCount" | "initialDeviation">,
): Value {
  const projected = linear(rows, name, sizeAt(rows, -1) as number, initialDeviation);
  return splitHeads(projected, batch, divideDimensions(sizeAt(rows, 0), batch), headCount);
}
