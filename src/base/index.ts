export * from "./argmax.js";
export * from "./dtype.js";
export * from "./errors.js";
export * from "./json.js";
export * from "./names.js";
export * from "./random.js";
export * from "./tensor.js";
