import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { DataError, OptionError, Random } from "../base/index.js";
import { type ColumnGuess, guessColumns, inferTaskForm } from "../data/columns.js";
import { readRows } from "../data/files.js";
import { findSplitFiles } from "../data/files-splits.js";
import type { CheckedSet, DataReport } from "../data/report.js";
import { reportData } from "../data/report.js";
import { splitRows, splitTail } from "../data/split.js";
import type { RowSet } from "../formats/row.js";
import { taskNamed } from "../tasks/index.js";
import type { AnyProblem, AnyTask, EncodeSettings, TaskItem } from "../tasks/task.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { ColumnOptions, FineTuneOptions, PredictOptions } from "./options.js";

/** The rows of a run's files, and the task they are for. */
export interface LoadedRows {
  readonly task: AnyTask;
  /** Why the task is taken for this one; undefined where it was named. */
  readonly because: string | undefined;
  readonly columns: ColumnGuess;
  readonly train: ExampleSet;
  readonly validation: ExampleSet | undefined;
  readonly test: ExampleSet | undefined;
}

/** The examples of one file. */
export interface ExampleSet {
  readonly path: string;
  readonly rows: RowSet;
  // biome-ignore lint/suspicious/noExplicitAny: examples of all tasks pass through here
  readonly examples: readonly any[];
  readonly skipped: RowSet["skipped"];
  /** SHA-256 of the file, so that a resumed run can tell that it is the same. */
  readonly digest: string;
}

/** Read the files of a run and settle task and columns; the validation rows are split off where asked. */
export async function loadRows(options: FineTuneOptions): Promise<LoadedRows> {
  const files = options.dataDirectory === undefined ? {} : await findSplitFiles(options.dataDirectory);
  const trainFile = options.train ?? files.train;
  if (trainFile === undefined)
    throw new OptionError("expected training data, got none", {
      hint: "--train-file FILE, or --data-dir DIR with a train file",
    });
  const validationFile = options.validation ?? files.validation;
  const testFile = options.test ?? files.test;
  if (validationFile !== undefined && options.validationSplit !== undefined)
    throw new OptionError("--validation-split: the run has a validation file already", {
      hint: "leave one of the two out",
    });

  const named = options.task === undefined ? undefined : taskNamed(options.task);
  const reading = { textRunsOn: named?.keepsOrder ?? false };
  const trainRows = await readRows(trainFile, reading);
  const inferred = named === undefined ? inferTaskForm(trainRows) : undefined;
  const task = named ?? taskNamed(inferred!.form);
  const columns = guessColumns(task.name, trainRows, columnsOf(options));
  const read = async (path: string | undefined): Promise<ExampleSet | undefined> =>
    path === undefined
      ? undefined
      : readExamples(task, path, path === trainFile ? trainRows : await readRows(path, reading), columns);
  let train = (await read(trainFile))!;
  let validation = await read(validationFile);
  const test = await read(testFile);

  const random = new Random(options.seed ?? 42);
  if (options.validationSplit !== undefined) [train, validation] = split(task, train, options, random);
  if (options.maxTrainExamples !== undefined)
    train = take(
      train,
      task.keepsOrder
        ? train.examples.slice(0, options.maxTrainExamples)
        : sample(train.examples, options.maxTrainExamples, random),
    );
  if (validation !== undefined && options.maxValidationExamples !== undefined)
    validation = take(validation, validation.examples.slice(0, options.maxValidationExamples));
  return { task, because: inferred?.because, columns, train, validation, test };
}

/** The examples of rows; throws where none can be used. */
export async function readExamples(
  task: AnyTask,
  path: string,
  rows: RowSet,
  columns: ColumnGuess,
): Promise<ExampleSet> {
  const { examples, skipped } = task.readExamples(rows, columns);
  if (examples.length === 0) {
    const [first] = skipped;
    throw new DataError(`${path}: expected rows for ${task.name}, got none that can be used`, {
      hint: first === undefined ? "is it the right file?" : `line ${first.line}: ${first.reason}`,
    });
  }
  return { path, rows, examples, skipped: [...rows.skipped, ...skipped], digest: await digestOf(path) };
}

/** The columns that options name. */
export function columnsOf(options: ColumnOptions): Record<string, string | readonly string[]> {
  const named = {
    text: options.textColumn,
    pair: options.pairColumn,
    label: options.labelColumn,
    id: options.idColumn,
    words: options.wordsColumn,
    tags: options.tagsColumn,
    entities: options.entitiesColumn,
    question: options.questionColumn,
    context: options.contextColumn,
    answers: options.answersColumn,
    choices: typeof options.choicesColumn === "string" ? [options.choicesColumn] : options.choicesColumn,
    prompt: options.promptColumn,
    source: options.sourceColumn,
    target: options.targetColumn,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as Record<
    string,
    string | readonly string[]
  >;
}

/** Examples as the model reads them. */
export interface EncodedSet extends ExampleSet {
  readonly items: readonly TaskItem[];
}

/** Encode the examples of a set. */
export function encodeSet(
  problem: AnyProblem,
  set: ExampleSet,
  tokenizer: Tokenizer,
  settings: EncodeSettings,
): EncodedSet {
  return { ...set, items: problem.encode(set.examples, tokenizer, settings) };
}

/** What there is to know of the data before training. */
export function reportOf(
  problem: AnyProblem,
  train: EncodedSet,
  validation: EncodedSet | undefined,
): DataReport {
  const checked = (set: EncodedSet): CheckedSet => checkedSet(problem, set);
  return reportData(checked(train), validation === undefined ? undefined : checked(validation));
}

/** A set as the data report reads it. */
export function checkedSet(problem: AnyProblem, set: EncodedSet): CheckedSet {
  const lengths = new Array<number>(set.examples.length).fill(0);
  const counted = problem.lengthsOf?.(set.examples, set.items);
  const truncated = new Set<number>();
  let unknownCount = 0;
  for (const { encoding, choices, example } of set.items)
    for (const { ids, truncatedCount, unknownCount: unknown } of choices ?? [encoding]) {
      lengths[example] = Math.max(lengths[example]!, ids.length + truncatedCount);
      unknownCount += unknown;
      if (truncatedCount > 0) truncated.add(example);
    }
  const labels = set.examples.map((example) => problem.labelOf(example));
  return {
    path: set.path,
    format: set.rows.format,
    skipped: set.skipped,
    keys: set.examples.map((example) => problem.textOf(example)),
    lengths: counted ?? lengths,
    truncatedCount: truncated.size,
    unknownCount,
    ...(problem.labels.length === 0
      ? {}
      : {
          labels: labels.map((label) =>
            label === undefined ? [] : typeof label === "string" ? [label] : label,
          ),
        }),
  };
}

function split(
  task: AnyTask,
  all: ExampleSet,
  options: FineTuneOptions,
  random: Random,
): [ExampleSet, ExampleSet] {
  const { examples } = all;
  const share = options.validationSplit!;
  const problem = task.learn(examples, taskSettings(options));
  const { train, validation } = task.keepsOrder
    ? splitTail(examples, share)
    : splitRows(examples, share, random.fork("validation split"), (example) => {
        const label = problem.labelOf(example);
        return typeof label === "string" ? label : "";
      });
  return [take(all, train), { ...take(all, validation), path: `${all.path} (split off)`, skipped: [] }];
}

function take(set: ExampleSet, examples: readonly unknown[]): ExampleSet {
  return { ...set, examples };
}

function sample<T>(examples: readonly T[], count: number, random: Random): T[] {
  const chosen = random.fork("train examples").permutation(examples.length).subarray(0, count).sort();
  return Array.from(chosen, (i) => examples[i]!);
}

/** The settings of the task among the options of a run. */
export function taskSettings(
  options: Partial<FineTuneOptions> | Partial<PredictOptions>,
): Parameters<AnyTask["learn"]>[1] {
  const decisions = ["maxAnswerLength", "bestCount", "noAnswerThreshold", "answerForm"];
  const writing = [
    "labelSmoothing",
    "sourcePrefix",
    "compareWords",
    "beamCount",
    "lengthPenalty",
    "maxNewTokens",
  ];
  const learning = ["problem", "classWeights", "crf", "threshold", "masking", "maskRate"];
  const keys = [...learning, ...decisions, ...writing];
  return Object.fromEntries(
    Object.entries(options).filter(([key, value]) => keys.includes(key) && value !== undefined),
  );
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
