import type { ObjectiveName } from "../tasks/pretraining/names.js";
import type { ObjectiveSettings } from "../tasks/pretraining/objective.js";
import { type FineTuneOptions, fineTuneDefaults } from "./options-fine-tune.js";

/** What pre-training has in common with fine-tuning. */
export type SharedWithFineTuning =
  | ("epochs" | "maxSteps" | "batchSize" | "evaluationBatchSize" | "accumulationSteps")
  | ("learningRate" | "weightDecay" | "warmupSteps" | "warmupRatio" | "maxGradientNorm" | "optimizer")
  | ("optimizerState" | "schedule" | "dropout" | "gradientCheckpointing" | "seed" | "maxLength")
  | ("outputDirectory" | "overwrite" | "dtype" | "evaluateEvery" | "saveEvery" | "saveTotalLimit")
  | ("keepBest" | "bestMetric" | "patience" | "logEvery" | "resume" | "dryRun")
  | ("runtime" | "precision" | "device" | "threads" | "revision" | "offline");

/** What a corpus is made of, and how. */
export interface CorpusOptions {
  /** Files of running text, or patterns that name some. */
  train: string[];
  /** How often rows are drawn from each of `train` beside the others. Default: all are one corpus. */
  weights?: number[];
  /** Files of running text that nothing is learnt from; the model is tried on them. Default: none. */
  validation?: string[];
  /** The share of the training documents, between 0 and 1, that is set aside for that; the last ones. Default: none is. */
  validationSplit?: number;
  /** Try the model on so many rows of the held-out text, spread over it. Default 2000. */
  maxValidationExamples?: number;
  /** The column of rows that holds the text. Default `text`. */
  textColumn?: string;
  /** Lines are JSON, whatever a file's ending says. Default: by the ending. */
  jsonl?: boolean;
  /** Leave out documents that repeat an earlier one. Default true. */
  deduplicate?: boolean;
  /** Leave out lines that repeat an earlier one. Default false. */
  deduplicateLines?: boolean;
  /** Leave out documents that have this share of their phrases in common with an earlier one. Default: none. */
  nearDuplicates?: number;
  /** The folder in which the corpus is kept as tokens, for further runs. Default: `corpus` in the output directory. */
  corpusDirectory?: string;
}

/**
 * Everything that can be set about pre-training.
 *
 * ```ts
 * const options: PretrainOptions = {
 *   objective: "masked-lm",
 *   architecture: "bert-mini",
 *   tokenizer: "my-tokenizer",
 *   train: ["texts/*.txt"],
 *   validationSplit: 0.01,
 *   maxSteps: 20_000,
 *   outputDirectory: "my-bert",
 * };
 * ```
 */
export interface PretrainOptions
  extends CorpusOptions,
    ObjectiveSettings,
    Pick<FineTuneOptions, SharedWithFineTuning> {
  /** What is learnt. Default: what the architecture was published with (BART: denoising, ELECTRA: replaced tokens); else
   *  the first of masked-lm, causal-lm, ... that it has a head for. */
  objective?: ObjectiveName;
  /** The name of a preset, or a file in the form of config.json. */
  architecture: string;
  /** The directory, file or Hub name of the tokenizer. */
  tokenizer: string;
}

type DefaultKey =
  | ("runtime" | "device" | "overwrite" | "accumulationSteps" | "weightDecay" | "warmupRatio")
  | ("maxGradientNorm" | "optimizer" | "optimizerState" | "schedule" | "gradientCheckpointing" | "seed")
  | (
      | "evaluateEvery"
      | "saveEvery"
      | "saveTotalLimit"
      | "keepBest"
      | "logEvery"
      | "dtype"
      | "resume"
      | "dryRun"
    )
  | ("maxValidationExamples" | "textColumn" | "deduplicate" | "deduplicateLines");

/** Options in which everything that has a plain default is set. */
export type FilledPretrainOptions = PretrainOptions & Required<Pick<PretrainOptions, DefaultKey>>;

const { runtime, device, overwrite, accumulationSteps, weightDecay, maxGradientNorm } = fineTuneDefaults;
const { optimizer, optimizerState, schedule, gradientCheckpointing, seed } = fineTuneDefaults;
const { saveTotalLimit, dtype, resume, dryRun } = fineTuneDefaults;

/** What is done where nothing is said; what is missing here depends on the objective or the model. */
export const pretrainDefaults: Required<Pick<PretrainOptions, DefaultKey>> = {
  ...{ runtime, device, overwrite, accumulationSteps, weightDecay, maxGradientNorm, optimizer },
  ...{ optimizerState, schedule, gradientCheckpointing, seed, saveTotalLimit, dtype, resume, dryRun },
  ...{ warmupRatio: 0.05, evaluateEvery: 500, saveEvery: 500, logEvery: 50, keepBest: false },
  ...{ maxValidationExamples: 2000, textColumn: "text", deduplicate: true, deduplicateLines: false },
};

/** The options with `pretrainDefaults` where nothing is said. */
export function fillPretrainOptions(options: PretrainOptions): FilledPretrainOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...pretrainDefaults, ...(Object.fromEntries(given) as unknown as PretrainOptions) };
}
