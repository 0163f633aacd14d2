export { decodeOnnx } from "./decode-onnx.js";
export { encodeOnnx } from "./encode-onnx.js";
export type * from "./onnx-model.js";
