import { add, sizeAt, type Value } from "../engine/index.js";
import { activation } from "./activation.js";
import type { BuildMode } from "./build-mode.js";
import { dropout } from "./dropout.js";
import { layerNorm } from "./layer-norm.js";
import { linear } from "./linear.js";

export interface PostNormOptions {
  readonly normEpsilon: number;
  /** Of what a part of a layer gives. */
  readonly hiddenDropout: number;
}

/** What a part of a layer gives is added to what came in, and normalised then: parameter `<name>`. */
export function addAndNorm(
  input: Value,
  result: Value,
  name: string,
  { hiddenDropout, normEpsilon }: PostNormOptions,
  mode: BuildMode,
): Value {
  return layerNorm(add(dropout(result, hiddenDropout, mode), input), name, normEpsilon);
}

export interface PostNormFeedForwardOptions extends PostNormOptions {
  readonly feedForwardSize: number;
  readonly activation: string;
  /** Behind the activation. Default 0. */
  readonly innerDropout?: number;
  readonly initialDeviation: number;
}

/** A feed-forward, added to what came in and normalised. Parameters `<name>.inner`, `<name>.outer` and `<name>.norm`. */
export function postNormFeedForward(
  x: Value, // [rows, hidden]
  name: string,
  options: PostNormFeedForwardOptions,
  mode: BuildMode,
): Value {
  const { feedForwardSize, innerDropout = 0, initialDeviation: deviation } = options;
  const inner = activation(options.activation)(linear(x, `${name}.inner`, feedForwardSize, deviation));
  const kept = dropout(inner, innerDropout, mode);
  const outer = linear(kept, `${name}.outer`, sizeAt(x, -1) as number, deviation);
  return addAndNorm(x, outer, `${name}.norm`, options, mode);
}
