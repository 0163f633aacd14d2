export { type CleaningOptions, type CleaningStep, cleaningSteps, type Removed } from "./cleaning.js";
export { corpusOf } from "./corpus-of.js";
export type { CorpusReport } from "./corpus-report.js";
export {
  type CorpusRows,
  type CorpusRowsOptions,
  type CorpusUse,
  corpusRows,
  type WeightedCorpus,
} from "./corpus-rows.js";
export type { OnBadText } from "./file-tally.js";
export type { ReadDocumentsOptions } from "./files-documents.js";
export {
  type PrepareCorpusContext,
  type PrepareCorpusOptions,
  type PrepareCorpusProgress,
  type PreparedCorpus,
  prepareCorpus,
} from "./files-prepare-corpus.js";
export { openCorpus, type StoredCorpus } from "./files-stored-corpus.js";
export type { CountedPlaces, FileReport, SkippedLines } from "./raw-document.js";
export { splitSentences } from "./sentences.js";
export { type CorpusSplit, type SplitCorpus, splitCorpus } from "./split-corpus.js";
export * from "./token-corpus.js";
