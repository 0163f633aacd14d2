export type { DecisionOptions } from "./options-decision.js";
export * from "./options-evaluate.js";
export * from "./options-fine-tune.js";
export { fineTuneRows } from "./options-fine-tune-rows.js";
export type { OptionKind } from "./options-kinds.js";
export * from "./options-predict.js";
export * from "./options-pretrain.js";
export { pretrainRows } from "./options-pretrain-rows.js";
export { isBarePythonName, pythonNames, readPythonFlag } from "./options-python-names.js";
export * from "./options-resolve.js";
export { canonicalName, namesOf, type OptionRow, type OptionTable } from "./options-row.js";
export type {
  ColumnOptions,
  InferenceOptions,
  LengthOptions,
  MachineOptions,
  ModelOptions,
} from "./options-shared.js";
export { type TrainOptions, trainRows } from "./options-train.js";
export * from "./options-verify.js";
