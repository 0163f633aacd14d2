export type { AddedToken } from "./added-tokens.js";
export type { ChangedVocabulary } from "./changed-vocabulary.js";
export type { ChatMessage, ChatTemplateOptions } from "./chat.js";
export { chatTemplateFile } from "./chat-template.js";
export type { EncodeOptions, EncodeWordsOptions, Encoding, Truncation } from "./encoding.js";
export { type ExtendTokenizerOptions, extendTokenizer } from "./extend-tokenizer.js";
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
export type { Segmentation, UnigramSegmenter } from "./models/unigram-segmenter.js";
export { type PaddedBatch, type PadOptions, padBatch } from "./padding.js";
export { readTokenizer } from "./read-tokenizer.js";
export { type RetrainTokenizerOptions, retrainTokenizer } from "./retrain-tokenizer.js";
export { sentencePieceFiles } from "./sentencepiece/read-sentence-piece-tokenizer.js";
export {
  type ScoredTokens,
  type SentencePiece,
  type SentencePieceToken,
  type SentencePieceType,
  sentencePiece,
  sentencePieceOf,
  sentencePieceTypes,
} from "./sentencepiece/sentence-piece.js";
export { type TrainSentencePieceOptions, trainSentencePiece } from "./sentencepiece/train-sentence-piece.js";
export {
  type TrainSentencePieceTokenizerOptions,
  trainSentencePieceTokenizer,
} from "./sentencepiece/train-sentence-piece-tokenizer.js";
export {
  type SpecialRole,
  type SpecialToken,
  specialRoles,
  type Tokenizer,
  type TokenizerFiles,
} from "./tokenizer.js";
export * from "./trainers/index.js";
export { type WordPieceTokenizerOptions, wordPieceTokenizer } from "./word-piece-tokenizer.js";
