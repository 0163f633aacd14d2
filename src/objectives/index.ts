export { binaryLoss, labelLoss, squaredErrorLoss } from "./losses.js";
