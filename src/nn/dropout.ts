import { applyMask, input, type Shape, type Value } from "../engine/index.js";
import type { BuildMode } from "./build-mode.js";

/**
 * Dropout (Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html): each element is kept with
 * probability 1 - rate and scaled up by as much. The mask is an input that the trainer draws from (seed, step,
 * site, index), so that every runtime sees the same bits and a resumed run goes on with them.
 */
export function dropout(x: Value, rate: number, mode: BuildMode): Value {
  const mask = dropoutMask(x.shape, rate, mode);
  return mask === undefined ? x : dropped(x, mask, rate);
}

/** The mask of a dropout of its own; undefined where nothing is dropped. */
export function dropoutMask(shape: Shape, rate: number, mode: BuildMode): Value | undefined {
  if (!mode.training || rate === 0) return undefined;
  const site = mode.nextSite();
  return input(`dropout.${site}`, shape, "uint8", { site, rate });
}

/** What is left of `x` under a mask drawn at `rate`. */
export function dropped(x: Value, mask: Value, rate: number): Value {
  return applyMask(x, mask, 1 / (1 - rate));
}
