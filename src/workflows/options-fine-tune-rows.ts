import { classifierPoolings } from "../nn/pooling-names.js";
import { stateFormats } from "../training/kept-states/names.js";
import { optimizerNames } from "../training/optimizers/names.js";
import { scheduleNames } from "../training/schedules/names.js";
import { answerSpecs, maskingSpecs, taskSpec, thresholdSpec, writingSpecs } from "./options-decision.js";
import { fineTuneDefaults as defaults, type FineTuneOptions } from "./options-fine-tune.js";
import {
  abridged,
  boolean,
  choice,
  either,
  file,
  folder,
  integer,
  list,
  number,
  text,
} from "./options-kinds.js";
import { lossSpecs } from "./options-loss.js";
import { parameterSpecs } from "./options-parameters.js";
import { type OptionTable, optionTable, type RowSpecs } from "./options-row.js";
import {
  columnSpecs,
  dataDirectorySpec,
  lengthSpecs,
  machineSpecs,
  modelSpecs,
  packingSpec,
} from "./options-shared.js";
import { teacherSpecs } from "./options-teacher.js";

type DataKey =
  | "train"
  | "validation"
  | "test"
  | "dataDirectory"
  | "validationSplit"
  | "maxTrainExamples"
  | "maxValidationExamples";

const dataSpecs: RowSpecs<Pick<FineTuneOptions, DataKey>> = {
  train: {
    group: "Data",
    help: "training rows: JSONL, JSON, CSV, TSV, CoNLL, SQuAD JSON, Parquet or plain text, also .gz",
    kind: file(),
    flag: "train-file",
    short: "t",
    aliases: ["train_data_file", "train_path"],
    defaultText: "the train file of --data-dir",
  },
  validation: {
    group: "Data",
    help: "rows by which the best model is chosen",
    kind: file(),
    flag: "validation-file",
    short: "v",
    aliases: ["dev_file", "eval_file", "valid_file", "eval_data_file", "validation_path"],
    defaultText: "the dev file of --data-dir, if any",
  },
  test: {
    group: "Data",
    help: "rows that the finished model is tried on",
    kind: file(),
    flag: "test-file",
    aliases: ["predict_file", "test_path"],
    defaultText: "the test file of --data-dir, if any",
  },
  dataDirectory: dataDirectorySpec,
  validationSplit: {
    group: "Data",
    help: "share of the training rows set aside where there is no validation file",
    kind: number({ above: 0, below: 1 }),
    aliases: ["validation_split_ratio"],
    defaultText: "none is",
  },
  maxTrainExamples: {
    group: "Data",
    help: "use only so many training rows",
    kind: integer({ from: 1 }),
    aliases: ["max_train_samples"],
    defaultText: "all",
  },
  maxValidationExamples: {
    group: "Data",
    help: "use only so many validation rows",
    kind: integer({ from: 1 }),
    aliases: ["max_eval_samples", "max_val_samples", "max_validation_samples"],
    defaultText: "all",
  },
};

type LearningKey =
  | "epochs"
  | "maxSteps"
  | "batchSize"
  | "evaluationBatchSize"
  | "accumulationSteps"
  | "learningRate"
  | "weightDecay"
  | "warmupSteps"
  | "warmupRatio"
  | "maxGradientNorm"
  | "optimizer"
  | "optimizerState"
  | "schedule"
  | "dropout"
  | "pooling"
  | "bucketing"
  | "packing"
  | "gradientCheckpointing"
  | "newTokens"
  | "classWeights"
  | "crf"
  | "labelSmoothing"
  | "seed"
  | "seeds";

const learningSpecs: RowSpecs<Pick<FineTuneOptions, LearningKey>> = {
  epochs: {
    group: "Learning",
    help: "how often all training rows are gone over",
    kind: number({ above: 0 }),
    short: "e",
    aliases: ["num_train_epochs", "num_epochs"],
    defaultText: "by the task",
  },
  maxSteps: {
    group: "Learning",
    help: "stop after so many updates of the weights, whatever --epochs says",
    kind: integer({ from: 1 }),
    unsetBy: ["-1"],
  },
  batchSize: {
    group: "Learning",
    help: "rows computed together",
    kind: integer({ from: 1 }),
    short: "b",
    aliases: ["per_device_train_batch_size", "per_gpu_train_batch_size", "train_batch_size"],
    defaultText: "by the task",
  },
  evaluationBatchSize: {
    group: "Learning",
    help: "rows computed together in evaluation",
    kind: integer({ from: 1 }),
    aliases: ["per_device_eval_batch_size", "per_gpu_eval_batch_size", "eval_batch_size"],
    defaultText: "32, or --batch-size where it is larger",
  },
  accumulationSteps: {
    group: "Learning",
    help: "batches whose gradients are added before an update",
    kind: integer({ from: 1 }),
    aliases: ["gradient_accumulation_steps"],
    default: defaults.accumulationSteps,
  },
  learningRate: {
    group: "Learning",
    help: "the highest learning rate",
    kind: number({ above: 0 }),
    short: "l",
    aliases: ["lr"],
    defaultText: "by the task",
  },
  weightDecay: {
    group: "Learning",
    help: "how much weights shrink per step and unit of learning rate",
    kind: number({ from: 0 }),
    default: defaults.weightDecay,
  },
  warmupSteps: {
    group: "Learning",
    help: "steps in which the learning rate rises from zero",
    kind: integer({ from: 0 }),
    aliases: ["num_warmup_steps"],
    defaultText: "by --warmup-ratio",
  },
  warmupRatio: {
    group: "Learning",
    help: "share of all steps in which it rises",
    kind: number({ from: 0, to: 1 }),
    aliases: ["warmup_proportion"],
    default: defaults.warmupRatio,
  },
  maxGradientNorm: {
    group: "Learning",
    help: "the length that longer gradients are cut to; 0 leaves them",
    kind: number({ from: 0 }),
    aliases: ["max_grad_norm"],
    default: defaults.maxGradientNorm,
  },
  optimizer: {
    group: "Learning",
    help: `how gradients change the weights: ${optimizerNames.join(", ")}`,
    kind: abridged(
      choice(optimizerNames, { "adamw-torch": "adamw", "adamw-torch-fused": "adamw", "adamw-hf": "adamw" }),
    ),
    aliases: ["optim"],
    default: defaults.optimizer,
  },
  optimizerState: {
    group: "Learning",
    help: "bits of the numbers that the optimizer keeps for each weight: 32, 16 or 8",
    kind: choice(stateFormats),
    default: defaults.optimizerState,
  },
  schedule: {
    group: "Learning",
    help: `how the learning rate goes on after warm-up: ${scheduleNames.join(", ")}`,
    kind: abridged(choice(scheduleNames, { "constant-with-warmup": "constant" })),
    aliases: ["lr_scheduler_type", "lr_scheduler"],
    default: defaults.schedule,
  },
  dropout: {
    group: "Learning",
    help: "share of values left out at random",
    kind: number({ from: 0, below: 1 }),
    aliases: ["hidden_dropout_prob"],
    defaultText: "what the model's config says",
  },
  pooling: {
    group: "Learning",
    help: "text-classification, modernbert: read a text's first token (cls) or the mean of all",
    kind: choice(classifierPoolings),
    aliases: ["classifier_pooling"],
    defaultText: "what the model's config says",
  },
  ...lossSpecs,
  bucketing: {
    group: "Learning",
    help: "batches of texts of similar length, so that little padding is computed",
    kind: boolean(),
    aliases: ["group_by_length"],
    default: defaults.bucketing,
  },
  packing: { ...packingSpec, group: "Learning" },
  gradientCheckpointing: {
    group: "Learning",
    help: "compute parts of the forward pass twice, to save memory",
    kind: boolean(),
    default: defaults.gradientCheckpointing,
  },
  newTokens: {
    group: "Learning",
    help: "words added to the vocabulary, learnt from scratch",
    kind: list(text("WORD", "a word")),
    aliases: ["new_token", "additional_tokens"],
  },
  seed: {
    group: "Learning",
    help: "the same seed gives the same model",
    kind: integer({ from: 0, to: 2 ** 32 - 1 }),
    default: defaults.seed,
  },
  seeds: {
    group: "Learning",
    help: "several runs, one a seed; mean and spread are reported",
    kind: list(integer({ from: 0, to: 2 ** 32 - 1 })),
  },
};

type SavingKey =
  | "outputDirectory"
  | "overwrite"
  | "dtype"
  | "evaluateEvery"
  | "saveEvery"
  | "saveTotalLimit"
  | "keepBest"
  | "bestMetric"
  | "patience"
  | "logEvery"
  | "resume"
  | "dryRun";

const savingSpecs: RowSpecs<Pick<FineTuneOptions, SavingKey>> = {
  outputDirectory: {
    group: "Output",
    help: "folder for the model, its checkpoints and the run's record",
    kind: folder(),
    flag: "output-dir",
    short: "o",
    aliases: ["output"],
    required: true,
    default: "fine-tuned", // so that a line of two flags is enough
  },
  overwrite: {
    group: "Output",
    help: "write into a folder that already holds a run",
    kind: boolean(),
    aliases: ["overwrite_output_dir"],
    default: defaults.overwrite,
  },
  dtype: {
    group: "Output",
    help: "the type in which weights are saved",
    kind: choice(["float32", "float16", "bfloat16"], { fp32: "float32", fp16: "float16", bf16: "bfloat16" }),
    aliases: ["save_dtype"],
    default: defaults.dtype,
  },
  evaluateEvery: {
    group: "Evaluation and checkpoints",
    help: "evaluate after so many steps, or after each epoch",
    kind: either(integer({ from: 1 }), choice(["epoch"])),
    aliases: ["eval_steps"],
    default: defaults.evaluateEvery,
  },
  saveEvery: {
    group: "Evaluation and checkpoints",
    help: "write a checkpoint after so many steps, or after each epoch",
    kind: either(integer({ from: 1 }), choice(["epoch"])),
    aliases: ["save_steps"],
    default: defaults.saveEvery,
  },
  saveTotalLimit: {
    group: "Evaluation and checkpoints",
    help: "how many checkpoints are kept; the best is never deleted",
    kind: integer({ from: 1 }),
    default: defaults.saveTotalLimit,
  },
  keepBest: {
    group: "Evaluation and checkpoints",
    help: "save the model of the best evaluation, not the last",
    kind: boolean(),
    aliases: ["load_best_model_at_end"],
    default: defaults.keepBest,
  },
  bestMetric: {
    group: "Evaluation and checkpoints",
    help: "the metric by which it is best: accuracy, macro_f1, loss, ...",
    kind: text("NAME", "the name of a metric"),
    aliases: ["metric_for_best_model"],
    defaultText: "by the task",
  },
  patience: {
    group: "Evaluation and checkpoints",
    help: "stop after so many evaluations without a better one",
    kind: integer({ from: 1 }),
    aliases: ["early_stopping_patience"],
    defaultText: "never",
  },
  logEvery: {
    group: "Evaluation and checkpoints",
    help: "steps between two entries of the log",
    kind: integer({ from: 1 }),
    aliases: ["logging_steps"],
    default: defaults.logEvery,
  },
  resume: {
    group: "Evaluation and checkpoints",
    help: "go on from the last checkpoint in --output-dir, or from this one",
    kind: either(boolean(), folder("CHECKPOINT")),
    aliases: ["resume_from_checkpoint"],
    default: defaults.resume,
  },
  dryRun: {
    group: "Evaluation and checkpoints",
    help: "check data and model, report and plan; do not train, write nothing",
    kind: boolean(),
    default: defaults.dryRun,
  },
};

/** The options of fine-tuning: one row for each key of `FineTuneOptions`. */
export const fineTuneRows: OptionTable<FineTuneOptions> = optionTable<FineTuneOptions>({
  task: taskSpec,
  ...modelSpecs,
  ...dataSpecs,
  ...columnSpecs,
  ...lengthSpecs,
  problem: {
    group: "Task",
    help: "which kind of text classification",
    kind: choice(["single-label", "multi-label", "regression"], {
      "single-label-classification": "single-label",
      "multi-label-classification": "multi-label",
    }),
    aliases: ["problem_type"],
    defaultText: "told from the labels",
  },
  threshold: { ...thresholdSpec, default: defaults.threshold },
  maxAnswerLength: { ...answerSpecs.maxAnswerLength, default: defaults.maxAnswerLength },
  bestCount: { ...answerSpecs.bestCount, default: defaults.bestCount },
  noAnswerThreshold: { ...answerSpecs.noAnswerThreshold, defaultText: "0" },
  answerForm: answerSpecs.answerForm,
  ...writingSpecs,
  sourcePrefix: { ...writingSpecs.sourcePrefix, defaultText: "none" },
  ...maskingSpecs,
  ...learningSpecs,
  ...teacherSpecs,
  ...parameterSpecs,
  ...savingSpecs,
  ...machineSpecs,
});
