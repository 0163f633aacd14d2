export type { AddedToken } from "./added-tokens.js";
export type { EncodeOptions, EncodeWordsOptions, Encoding, Truncation } from "./encoding.js";
export {
  dictionaryRecordFile,
  type IpadicEditionName,
  type JapaneseAnalyzer,
  type JapaneseDictionary,
  type Morpheme,
  needsJapaneseDictionary,
  type ReadDictionaryFile,
  readJapaneseDictionary,
} from "./japanese/index.js";
export { type PaddedBatch, type PadOptions, padBatch } from "./padding.js";
export { readTokenizer } from "./read-tokenizer.js";
export { type SpecialRole, type SpecialToken, specialRoles, type Tokenizer } from "./tokenizer.js";
export { type WordPieceTokenizerOptions, wordPieceTokenizer } from "./word-piece-tokenizer.js";
