import { sizeAt, type Value } from "../engine/index.js";
import { activation } from "./activation.js";
import type { BuildMode } from "./build-mode.js";
import { dropout } from "./dropout.js";
import { linear } from "./linear.js";

export interface FeedForwardOptions {
  readonly feedForwardSize: number;
  readonly activation: string;
  /** Behind the activation. Default 0. */
  readonly innerDropout?: number;
  readonly initialDeviation: number;
}

/** Two linear layers around an activation: rows `[rows, hidden]` stay so. Parameters `<name>.inner` and `<name>.outer`. */
export function feedForward(
  x: Value, // [rows, hidden]
  name: string,
  options: FeedForwardOptions,
  mode: BuildMode,
): Value {
  const { feedForwardSize, innerDropout = 0, initialDeviation: deviation } = options;
  const inner = activation(options.activation)(linear(x, `${name}.inner`, feedForwardSize, deviation));
  return linear(dropout(inner, innerDropout, mode), `${name}.outer`, sizeAt(x, -1) as number, deviation);
}
