export { gradient } from "./autodiff/gradient.js";
export * from "./graph/dimension.js";
export * from "./graph/onnx.js";
export * from "./graph/op.js";
export * from "./graph/value.js";
export * from "./graph/walk.js";
export * from "./ops/index.js";
export { referenceRuntime } from "./runtimes/reference.js";
export type { Program, Runtime } from "./runtimes/runtime.js";
