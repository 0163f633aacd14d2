import { applyMask, input, type Value } from "../engine/index.js";
import type { BuildMode } from "./build-mode.js";

/**
 * Dropout (Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html): each element is kept with
 * probability 1 - rate and scaled up by as much. The mask is an input that the trainer draws from (seed, step,
 * site, index), so that every runtime sees the same bits and a resumed run goes on with them.
 */
export function dropout(x: Value, rate: number, mode: BuildMode): Value {
  if (!mode.training || rate === 0) return x;
  const site = mode.nextSite();
  const mask = input(`dropout.${site}`, x.shape, "uint8", { site, rate });
  return applyMask(x, mask, 1 / (1 - rate));
}
