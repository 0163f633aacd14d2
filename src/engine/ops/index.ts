import { type AnyOp, isOp } from "../graph/op.js";
import * as arithmetic from "./arithmetic.js";
import * as casting from "./casting.js";
import * as counting from "./counting.js";
import * as indexing from "./indexing.js";
import * as layout from "./layout.js";
import * as masking from "./masking.js";
import * as matmul from "./matmul.js";
import * as normalization from "./normalization.js";
import * as reduction from "./reduction.js";
import * as scanning from "./scan.js";
import * as scheduling from "./scheduling.js";
import * as selection from "./selection.js";
import * as transcendental from "./transcendental.js";

export { add, addOp, divide, multiply, negate, subtract } from "./arithmetic.js";
export { cast } from "./casting.js";
export { cumulativeSum, range } from "./counting.js";
export { addOneHot, crossEntropy, gather, scatterAdd, scatterAddOp } from "./indexing.js";
export { concatenate, pad, reshape, reshapeOp, slice, split, transpose } from "./layout.js";
export { applyMask } from "./masking.js";
export { matmul, matmulOp } from "./matmul.js";
export { meanSquaredError } from "./mean-squared-error.js";
export { l2Normalize, layerNormalization, logSoftmax, logSumExp, softmax } from "./normalization.js";
export { broadcast, mean, sum, sumTo } from "./reduction.js";
export { type ScanStep, scan } from "./scan.js";
export { after } from "./scheduling.js";
export { equal, greater, largest, maximum, minimum, where } from "./selection.js";
export { absolute, cosine, erf, exp, log, sigmoid, sine, sqrt, tanh } from "./transcendental.js";

const families = [
  arithmetic,
  casting,
  counting,
  indexing,
  layout,
  masking,
  matmul,
  normalization,
  reduction,
  scanning,
  scheduling,
  selection,
  transcendental,
];

/** Every op there is; the sweeps and the reader of plain graphs walk this list. */
export const allOps: readonly AnyOp[] = families.flatMap((family) =>
  Object.values<unknown>(family).filter(isOp),
);
