export type { JapaneseAnalyzer } from "./analyzer.js";
export { needsJapaneseDictionary } from "./bert-japanese-config.js";
export { type JapaneseDictionary, type ReadDictionaryFile, readJapaneseDictionary } from "./dictionary.js";
export { dictionaryRecordFile } from "./dictionary-record.js";
export type { IpadicEditionName } from "./ipadic-editions.js";
export type { Morpheme } from "./morpheme.js";
