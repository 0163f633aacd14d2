export { binaryLoss, labelLoss, squaredErrorLoss } from "./losses.js";
export * from "./masked-lm.js";
