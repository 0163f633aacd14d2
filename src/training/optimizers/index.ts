import { adadelta } from "./adadelta.js";
import { adafactor } from "./adafactor.js";
import { adagrad } from "./adagrad.js";
import { adam } from "./adam.js";
import { adamax } from "./adamax.js";
import { adamW } from "./adamw.js";
import { lamb } from "./lamb.js";
import { nadam } from "./nadam.js";
import type { OptimizerName } from "./names.js";
import type { Optimizer } from "./optimizer.js";
import { radam } from "./radam.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";

export { type AdadeltaOptions, adadelta } from "./adadelta.js";
export { type AdafactorOptions, adafactor } from "./adafactor.js";
export { type AdagradOptions, adagrad } from "./adagrad.js";
export { type AdamOptions, adam } from "./adam.js";
export { type AdamaxOptions, adamax } from "./adamax.js";
export { type AdamWOptions, adamW } from "./adamw.js";
export { type LambOptions, lamb } from "./lamb.js";
export { type NadamOptions, nadam } from "./nadam.js";
export { type OptimizerName, optimizerNames } from "./names.js";
export type { Optimizer, UpdateInputs, UpdateOutputs } from "./optimizer.js";
export { type RadamOptions, radam } from "./radam.js";
export { type RmspropOptions, rmsprop } from "./rmsprop.js";
export { type SgdOptions, sgd } from "./sgd.js";

/** Optimizers by the name that the `--optimizer` flag has. */
export const optimizers: Readonly<Record<OptimizerName, (weightDecay: number) => Optimizer>> = {
  adamw: (weightDecay) => adamW({ weightDecay }),
  sgd: (weightDecay) => sgd({ momentum: 0.9, weightDecay }),
  adam: (weightDecay) => adam({ weightDecay }),
  adagrad: (weightDecay) => adagrad({ weightDecay }),
  rmsprop: (weightDecay) => rmsprop({ weightDecay }),
  adadelta: (weightDecay) => adadelta({ weightDecay }),
  adamax: (weightDecay) => adamax({ weightDecay }),
  nadam: (weightDecay) => nadam({ weightDecay }),
  radam: (weightDecay) => radam({ weightDecay }),
  adafactor: (weightDecay) => adafactor({ weightDecay }),
  lamb: (weightDecay) => lamb({ weightDecay }),
};
