export { loadJapaneseDictionary } from "../tokenizers/japanese/files-dictionary.js";
export { adapt } from "./adapt.js";
export { compareTokenizers, type NamedTokenizer, type TokenizerComparison } from "./compare-tokenizers.js";
export type { ComparedModel, Taught } from "./compare-with-teacher.js";
export { distill } from "./distill.js";
export { type EmbeddedText, type Embedder, type EmbedderOptions, loadEmbedder } from "./embedder.js";
export { type EncodedText, type EncodeTextsOptions, encodeText, type OffsetUnit } from "./encode-texts.js";
export { type EvaluateResult, evaluate } from "./evaluate.js";
export type * from "./events.js";
export { type ExportedFile, type ExportResult, exportModel } from "./export-model.js";
export { type FineTuneResult, fineTune, type SeedSummary } from "./fine-tune.js";
export type { TrainingResult } from "./fine-tune-result.js";
export { type GenerateResult, generate } from "./generate.js";
export { inspectTokenizer, type TokenizerReport } from "./inspect-tokenizer.js";
export {
  type LoadedModel,
  type LoadModelOptions,
  loadModel,
  loadTokenizer,
  type SaveModelOptions,
} from "./load-model.js";
export { type AttentionResult, lookAtAttention } from "./look-at-attention.js";
export type {
  EvaluateOptions,
  FineTuneOptions,
  PredictionInput,
  PredictOptions,
  PretrainOptions,
  TrainOptions,
  VerifyOptions,
} from "./options.js";
export type { AdaptOptions, VocabularyChange } from "./options-adapt.js";
export type { AttentionOptions } from "./options-attention.js";
export type { DistillOptions } from "./options-distill.js";
export type { ExportOptions } from "./options-export.js";
export type { GenerateOptions } from "./options-generate.js";
export type { GenerationOptions } from "./options-generation.js";
export type { PlanOptions, PlanPretrainOptions, PlanTrainOptions } from "./options-plan.js";
export type { ScoreOptions } from "./options-score.js";
export { loadPipeline, type Pipeline, type PipelineOptions } from "./pipeline.js";
export { forecastPretraining } from "./plan/forecast-pretraining.js";
export { forecastRun, forecastTraining } from "./plan/forecast-run.js";
export type { RunForecast } from "./plan/forecaster.js";
export { type PredictResult, predict } from "./predict.js";
export { type PretrainingResult, pretrain } from "./pretrain.js";
export { loadSegmentReader, type SegmentReader, type SegmentReaderOptions } from "./segment-reader.js";
export { openSegmenter, type SegmentedText } from "./segment-texts.js";
export {
  type BatchedOptions,
  type GeneratedText,
  type GeneratedTexts,
  loadGenerator,
  type StoppableOptions,
  type TextGenerator,
  type TextGeneratorOptions,
} from "./text-generator.js";
export type { TextInput } from "./text-inputs.js";
export { loadScorer, type TextScore, type TextScorer, totalScore } from "./text-scores.js";
export { train } from "./train.js";
export { type TokenizerTrainResult, trainTokenizerFiles } from "./train-tokenizer.js";
export { type TensorComparison, type VerifyReport, verify } from "./verify.js";
export { version } from "./version.js";
