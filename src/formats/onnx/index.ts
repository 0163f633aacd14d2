export { decodeOnnx } from "./decode-onnx.js";
export { encodeOnnx } from "./encode-onnx.js";
export { namesRead } from "./names-read.js";
export type * from "./onnx-model.js";
export { multipliedRows, type QuantizedOnnx, quantizeOnnx } from "./quantize-onnx.js";
export type { ValueRange } from "./value-range.js";
