export { type EvaluateResult, evaluate } from "./evaluate.js";
export type * from "./events.js";
export { type FineTuneResult, fineTune, type SeedSummary } from "./fine-tune.js";
export {
  type LoadedModel,
  type LoadModelOptions,
  loadModel,
  loadTokenizer,
  type SaveModelOptions,
} from "./load-model.js";
export type {
  EvaluateOptions,
  FineTuneOptions,
  PredictionInput,
  PredictOptions,
  VerifyOptions,
} from "./options.js";
export { loadPipeline, type Pipeline, type PipelineOptions } from "./pipeline.js";
export { type PredictResult, predict } from "./predict.js";
export { type TensorComparison, type VerifyReport, verify } from "./verify.js";
export { version } from "./version.js";
