import type { TaskForm } from "../data/columns.js";
import type { ClassifierPooling } from "../nn/pooling-names.js";
import type { StateFormat } from "../training/kept-states/names.js";
import type { OptimizerName } from "../training/optimizers/names.js";
import type { ScheduleName } from "../training/schedules/names.js";
import type { ColumnOptions, LengthOptions, MachineOptions, ModelOptions } from "./options-shared.js";
import type { TeacherOptions } from "./options-teacher.js";

/**
 * Everything that can be set about fine-tuning. The command line's flags, the config file, the run record and
 * the model card are made of these.
 *
 * ```ts
 * const options: FineTuneOptions = {
 *   model: "rootstocks/ja-small",
 *   train: "areas.jsonl",
 *   validationSplit: 0.1,
 *   outputDirectory: "my-model",
 * };
 * ```
 */
export interface FineTuneOptions
  extends ModelOptions,
    ColumnOptions,
    LengthOptions,
    MachineOptions,
    TeacherOptions {
  /** What is learnt. Default: told from the form of the data. */
  task?: TaskForm;

  /** The file of training rows. Default: the train file of `dataDirectory`. */
  train?: string;
  /** The file of rows by which the best model is chosen. Default: the dev file of `dataDirectory`, if any. */
  validation?: string;
  /** A file of rows that the finished model is tried on. Default: the test file of `dataDirectory`, if any. */
  test?: string;
  /** A folder with files called train, dev (or validation) and test. */
  dataDirectory?: string;
  /** The share of the training rows, between 0 and 1, that is set aside where there is no validation file.
   *  Default: none is. */
  validationSplit?: number;
  /** Use only so many training rows, drawn by the seed. Default: all. */
  maxTrainExamples?: number;
  /** Use only so many validation rows, the first ones. Default: all. */
  maxValidationExamples?: number;

  /** Which kind of text classification. Default: told from the labels. */
  problem?: "single-label" | "multi-label" | "regression";
  /** How much each class counts in the loss: all the same, inversely to how often it occurs, or as given by name.
   *  Default `none`. */
  classWeights?: "none" | "balanced" | Record<string, number>;
  /** What of a text the classifier reads, of a model that lets it be chosen: its first token's state (`cls`), or the mean over
   *  all, by which a small model may learn sooner. Default: what the model's config says. */
  pooling?: ClassifierPooling;
  /** Find the tags of words as a whole, by a conditional random field, in token classification: how likely each is hangs on
   *  the one before it, and none is given that its scheme forbids there. Default false. */
  crf?: boolean;
  /** From which probability on a label is given, in multi-label classification; `auto` finds one a label on the
   *  validation data. Default 0.5. */
  threshold?: number | "auto";
  /** The longest answer, in tokens, in question answering. Default 30. */
  maxAnswerLength?: number;
  /** How many answers are kept a question, in question answering. Default 20. */
  bestCount?: number;
  /** By how much "no answer" must score above the best answer to be given, in question answering; `auto` finds it on
   *  the validation data. Default: 0; given, it lets
   *  a model decline that learns from answerable questions only. */
  noAnswerThreshold?: number | "auto";
  /** How the answers of question answering are compared. Default: by characters where they are written without
   *  spaces. */
  answerForm?: "words" | "characters";
  /** What is hidden together in masked language modelling: tokens, whole words, or spans of words. Default `token`. */
  masking?: "token" | "word" | "span";
  /** The share of tokens, between 0 and 1, that are hidden. Default 0.15. */
  maskRate?: number;
  /** Put before each text that another is written from, as T5 was taught: `summarize: `. Default: none. */
  sourcePrefix?: string;
  /** How many texts are followed at once where a text is written. Default: what the model says, else 1. */
  beamCount?: number;
  /** Scores of texts that are written are divided by their length to this power. Default: what the model says, else 1. */
  lengthPenalty?: number;
  /** The most tokens that are written. Default: `maxLength`. */
  maxNewTokens?: number;
  /** What written texts are compared by, as sacrebleu's `--tokenize`. Default: by the text. */
  compareWords?: "13a" | "intl" | "char" | "none" | "ja-mecab";

  /** The folder that the model, its checkpoints and the run's record are written to. */
  outputDirectory: string;
  /** Write into a folder that already holds a run. Default false. */
  overwrite?: boolean;

  /** The share of the probability, between 0 and 1, that a text to be written wishes for all words alike. Default 0. */
  labelSmoothing?: number;
  /** How often all training rows are gone over. Default: by the task. */
  epochs?: number;
  /** Stop after so many updates of the weights, whatever `epochs` says. */
  maxSteps?: number;
  /** Rows computed together. Default: by the task. */
  batchSize?: number;
  /** Rows computed together in evaluation. Default: 32, or `batchSize` where it is larger. */
  evaluationBatchSize?: number;
  /** Batches whose gradients are added before the weights are updated. Default 1. */
  accumulationSteps?: number;
  /** The highest learning rate. Default: by the task. */
  learningRate?: number;
  /** How much weights, except biases and norms, shrink per step and unit of learning rate. Default 0.01. */
  weightDecay?: number;
  /** Steps in which the learning rate rises from zero. Default: by `warmupRatio`. */
  warmupSteps?: number;
  /** The share of all steps, between 0 and 1, in which it rises. Default 0.1. */
  warmupRatio?: number;
  /** The length that longer gradients are cut to; 0 leaves them. Default 1. */
  maxGradientNorm?: number;
  /** Default `adamw`. */
  optimizer?: OptimizerName;
  /** What the optimizer keeps for each weight, in 32, 16 or 8 bits a number. Default `fp32`. */
  optimizerState?: StateFormat;
  /** How the learning rate goes on after warm-up. Default `linear`, down to zero. */
  schedule?: ScheduleName;
  /** Parameters that stay as they are, by name in the checkpoint; `*` stands for anything. Default: none. */
  freeze?: string[];
  /** The embeddings and so many layers from below stay as they are; `all` leaves the head alone to be trained. */
  freezeLayers?: number | "all";
  /** Compute what lies below the trained parameters once for each text, and keep it; dropout is off there.
   *  Default false. */
  cacheFeatures?: boolean;
  /** Each layer learns at this share of the rate of the one above it. Default 1. */
  layerRateDecay?: number;
  /** Train narrow matrices of this width beside those of the model, which stay as they are (LoRA). Default: none. */
  loraRank?: number;
  /** What their product counts, divided by the rank. Default: twice the rank. */
  loraAlpha?: number;
  /** The share of their inputs that is left out at random. Default 0. */
  loraDropout?: number;
  /** Which matrices get them, by the end of their name in the checkpoint; `all` of the layers. Default: queries and values. */
  loraTargets?: string[];
  /** The share of values, between 0 and 1, that are left out at random. Default: what the model's config says. */
  dropout?: number;
  /** Batches of texts of similar length, so that little padding is computed. Default true. */
  bucketing?: boolean;
  /** Several texts in a row of at most `maxLength` tokens, so that less padding is computed. Default false. */
  packing?: boolean;
  /** Compute parts of the forward pass twice, to save memory. Default false. */
  gradientCheckpointing?: boolean;
  /** Words added to the vocabulary, learnt from scratch. */
  newTokens?: string[];
  /** Where the order of rows, dropout and new weights begin; the same seed gives the same model. Default 42. */
  seed?: number;
  /** Several runs, one a seed; the metrics' mean and spread are reported, the best run is kept. */
  seeds?: number[];

  /** Evaluate after so many steps, or after each epoch. Default `epoch`. */
  evaluateEvery?: number | "epoch";
  /** Write a checkpoint after so many steps, or after each epoch. Default `epoch`. */
  saveEvery?: number | "epoch";
  /** How many checkpoints are kept; the best one is never deleted. Default 2. */
  saveTotalLimit?: number;
  /** Whether the model of the best evaluation is saved in the end, or the last. Default true. */
  keepBest?: boolean;
  /** The metric by which it is best: `accuracy`, `macro_f1`, `loss`, ... Default: by the task. */
  bestMetric?: string;
  /** Stop after so many evaluations without a better one. Default: never. */
  patience?: number;
  /** Steps between two entries of the log. Default 10. */
  logEvery?: number;
  /** The type in which weights are saved. Default `float32`. */
  dtype?: "float32" | "float16" | "bfloat16";

  /** Go on from the last checkpoint of `outputDirectory`, or from the one at this path. Default false. */
  resume?: boolean | string;
  /** Check data and model, report and plan, but do not train and write nothing. Default false. */
  dryRun?: boolean;
}

type DefaultKey =
  | "runtime"
  | "device"
  | "classWeights"
  | "crf"
  | "threshold"
  | "maxAnswerLength"
  | "bestCount"
  | "overwrite"
  | "accumulationSteps"
  | "weightDecay"
  | "warmupRatio"
  | "maxGradientNorm"
  | "optimizer"
  | "optimizerState"
  | "schedule"
  | "bucketing"
  | "packing"
  | "cacheFeatures"
  | "gradientCheckpointing"
  | "seed"
  | "evaluateEvery"
  | "saveEvery"
  | "saveTotalLimit"
  | "keepBest"
  | "logEvery"
  | "dtype"
  | "resume"
  | "dryRun";

/** Options in which everything that has a plain default is set. */
export type FilledFineTuneOptions = FineTuneOptions & Required<Pick<FineTuneOptions, DefaultKey>>;

/** What is done where nothing is said; what is missing here depends on the task, the model or the data. */
export const fineTuneDefaults: Required<Pick<FineTuneOptions, DefaultKey>> = {
  runtime: "onnxruntime",
  device: "cpu",
  classWeights: "none",
  crf: false,
  threshold: 0.5,
  maxAnswerLength: 30,
  bestCount: 20,
  overwrite: false,
  accumulationSteps: 1,
  weightDecay: 0.01,
  warmupRatio: 0.1,
  maxGradientNorm: 1,
  optimizer: "adamw",
  optimizerState: "fp32",
  schedule: "linear",
  bucketing: true,
  packing: false,
  cacheFeatures: false,
  gradientCheckpointing: false,
  seed: 42,
  evaluateEvery: "epoch",
  saveEvery: "epoch",
  saveTotalLimit: 2,
  keepBest: true,
  logEvery: 10,
  dtype: "float32",
  resume: false,
  dryRun: false,
};

/** The options with `fineTuneDefaults` where nothing is said. */
export function fillFineTuneOptions(options: FineTuneOptions): FilledFineTuneOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...fineTuneDefaults, ...(Object.fromEntries(given) as unknown as FineTuneOptions) };
}
