export * from "./causal-lm.js";
export { binaryLoss, labelLoss, labelLosses, squaredErrorLoss } from "./losses.js";
export * from "./masked-lm.js";
