import { presets } from "../models/presets.js";
import { objectiveNames, objectiveSummaries } from "../tasks/pretraining/names.js";
import { fineTuneRows } from "./options-fine-tune-rows.js";
import { boolean, choice, file, folder, integer, list, number, several, text } from "./options-kinds.js";
import { objectiveSpecs } from "./options-objective.js";
import {
  type CorpusOptions,
  pretrainDefaults as defaults,
  type PretrainOptions,
  type SharedWithFineTuning,
} from "./options-pretrain.js";
import { type OptionRow, type OptionTable, optionTable, type RowSpecs } from "./options-row.js";
import { textSpecs } from "./options-tokenizer.js";

const objectiveSpec: RowSpecs<Pick<PretrainOptions, "objective">> = {
  objective: {
    group: "Objective",
    help: `what is learnt; ${objectiveNames.map((name) => `${name}: ${objectiveSummaries[name]}`).join("; ")}`,
    kind: { ...choice(objectiveNames), placeholder: "NAME" },
    defaultText: "what the architecture was published with; else the first of these that it has a head for",
  },
};

const modelSpecs: RowSpecs<Pick<PretrainOptions, "architecture" | "tokenizer">> = {
  architecture: {
    group: "Model",
    help: `the path of a file in the form of config.json, or one of ${Object.keys(presets).join(", ")}`,
    kind: text("NAME", "the name of a preset or the path of a file"),
    short: "a",
    aliases: ["config_name", "model_config"],
    required: true,
  },
  tokenizer: {
    group: "Model",
    help: "directory, file or Hub name of the tokenizer",
    kind: text("DIR", "a tokenizer directory or file, or a name on the Hub"),
    aliases: ["tokenizer_name", "tokenizer_name_or_path", "tokenizer_path"],
    required: true,
  },
};

/** Rows of `CorpusOptions`. */
export const corpusSpecs: RowSpecs<CorpusOptions> = {
  train: {
    group: "Corpus",
    help: "files or quoted patterns ('**/*.txt'): text with blank lines between documents, JSONL, Parquet; also .gz",
    kind: several(file()),
    flag: "train-file",
    short: "t",
    aliases: ["train_files", "train_data_file", "train_path"],
    required: true,
  },
  weights: {
    group: "Corpus",
    help: "make each --train-file a corpus of its own, and draw rows from them in these proportions",
    kind: list(number({ above: 0 })),
    defaultText: "all files are one corpus",
  },
  validation: {
    group: "Corpus",
    help: "files or patterns of text that nothing is learnt from; the model is tried on them",
    kind: several(file()),
    flag: "validation-file",
    short: "v",
    aliases: ["validation_files", "dev_file", "eval_file", "eval_data_file", "validation_path"],
    defaultText: "none",
  },
  validationSplit: {
    group: "Corpus",
    help: "share of the training documents set aside for that, the last ones",
    kind: number({ above: 0, below: 1 }),
    aliases: ["validation_split_ratio"],
    defaultText: "none is",
  },
  maxValidationExamples: {
    group: "Corpus",
    help: "try the model on so many rows of the held-out text, spread over it",
    kind: integer({ from: 1 }),
    aliases: ["max_eval_samples", "max_val_samples", "max_validation_samples"],
    default: defaults.maxValidationExamples,
  },
  textColumn: { ...textSpecs.textColumn, group: "Corpus", default: defaults.textColumn },
  jsonl: { ...textSpecs.jsonl, group: "Corpus", help: 'lines are JSON: a string, or {"text": ...}' },
  deduplicate: {
    group: "Corpus",
    help: "leave out documents that repeat an earlier one",
    kind: boolean(),
    default: defaults.deduplicate,
  },
  deduplicateLines: {
    group: "Corpus",
    help: "leave out lines that repeat an earlier one, such as menus and notices",
    kind: boolean(),
    default: defaults.deduplicateLines,
  },
  nearDuplicates: {
    group: "Corpus",
    help: "leave out documents that share so much of their phrases with an earlier one; 0.8 is usual",
    kind: number({ above: 0, to: 1 }),
    defaultText: "none",
  },
  corpusDirectory: {
    group: "Corpus",
    help: "keep the corpus as tokens in this folder, for further runs",
    kind: folder(),
    flag: "corpus-dir",
    defaultText: "'corpus' in --output-dir",
  },
};

/** The rows of fine-tuning that hold here, and what of them is otherwise. */
const sharedRows: Readonly<Record<SharedWithFineTuning, Partial<OptionRow>>> = {
  revision: {},
  offline: {},
  maxLength: {
    group: "Objective",
    help: "tokens of a row, special ones included",
    aliases: ["max_seq_length", "max_seq_len", "block_size"],
    defaultText: "by the objective, at most what the model takes",
  },
  epochs: { help: "how often the corpus is gone over", defaultText: "1" },
  maxSteps: {},
  batchSize: { defaultText: "by the objective" },
  evaluationBatchSize: {},
  accumulationSteps: {},
  learningRate: { defaultText: "by the objective" },
  weightDecay: {},
  warmupSteps: {},
  warmupRatio: { default: defaults.warmupRatio },
  maxGradientNorm: {},
  optimizer: {},
  optimizerState: {},
  schedule: {},
  dropout: {},
  gradientCheckpointing: {},
  seed: {},
  outputDirectory: { default: "pretrained" },
  overwrite: {},
  dtype: {},
  evaluateEvery: { default: defaults.evaluateEvery },
  saveEvery: { default: defaults.saveEvery },
  saveTotalLimit: {},
  keepBest: { default: defaults.keepBest },
  bestMetric: {
    help: "the metric by which it is best: loss, perplexity, ...",
    defaultText: "by the objective",
  },
  patience: {},
  logEvery: { default: defaults.logEvery },
  resume: {},
  dryRun: { help: "prepare the corpus, check the model, report and plan; do not train, write nothing else" },
  runtime: {},
  precision: {},
  device: {},
  threads: {},
};

const taken: readonly OptionRow[] = fineTuneRows.flatMap((row) =>
  Object.hasOwn(sharedRows, row.key) ? [{ ...row, ...sharedRows[row.key as SharedWithFineTuning] }] : [],
);

/** The options of pre-training: one row for each key of `PretrainOptions`. */
export const pretrainRows: OptionTable<PretrainOptions> = [
  ...optionTable({ ...objectiveSpec, ...objectiveSpecs }),
  ...optionTable({ ...modelSpecs, ...corpusSpecs }),
  ...taken,
];

/** The same for a model that is there already: `own` rows stand for those of a new one, and some are left out. */
export function rowsOfKnownModel(
  own: readonly OptionRow[],
  {
    outputDirectory,
    without = [],
  }: { readonly outputDirectory: string; readonly without?: readonly string[] },
): OptionRow[] {
  const replaced = new Set(["architecture", "tokenizer", ...own.map(({ key }) => key), ...without]);
  const at = pretrainRows.findIndex(({ key }) => key === "architecture");
  const kept = (rows: readonly OptionRow[]): OptionRow[] => rows.filter(({ key }) => !replaced.has(key));
  return [...kept(pretrainRows.slice(0, at)), ...own, ...kept(pretrainRows.slice(at))].map((row) =>
    row.key === "outputDirectory" ? { ...row, default: outputDirectory } : row,
  );
}
