import { add, type Value } from "../engine/index.js";
import type { BuildMode } from "./build-mode.js";
import { dropout } from "./dropout.js";
import { type FeedForwardOptions, feedForward } from "./feed-forward.js";
import { layerNorm } from "./layer-norm.js";

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

/** A feed-forward, added to what came in and normalised. Parameters `<name>.inner`, `<name>.outer` and `<name>.norm`. */
export function postNormFeedForward(
  x: Value, // [rows, hidden]
  name: string,
  options: PostNormOptions & FeedForwardOptions,
  mode: BuildMode,
): Value {
  return addAndNorm(x, feedForward(x, name, options, mode), `${name}.norm`, options, mode);
}
