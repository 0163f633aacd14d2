export { decodeOnnx } from "./decode-onnx.js";
export { encodeOnnx } from "./encode-onnx.js";
export type * from "./onnx-model.js";
export { type QuantizedOnnx, quantizeOnnx } from "./quantize-onnx.js";
