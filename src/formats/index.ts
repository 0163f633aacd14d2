export * from "./onnx/index.js";
export {
  decodeSafetensors,
  decodeSafetensorsTensor,
  encodeSafetensors,
  type SafetensorsFile,
} from "./safetensors.js";
export {
  headerLengthSize,
  parseSafetensorsHeader,
  readHeaderLength,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from "./safetensors-header.js";
export {
  decodeSentencePieceModel,
  encodeSentencePieceModel,
  type PieceType,
  type SentencePieceEntry,
  type SentencePieceModel,
  type SentencePieceSettings,
} from "./sentencepiece.js";
export { encodeEventFileHeader, encodeScalarEvent, eventFileName } from "./tensorboard.js";
