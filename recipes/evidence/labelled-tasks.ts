// Rows with labels that models are tried on, in Japanese and English, and how a run draws its share of them.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OptionError, Random } from "../../src/base/index.js";
import { guessColumns } from "../../src/data/columns.js";
import { readRows } from "../../src/data/files.js";
import { textClassification } from "../../src/tasks/text-classification.js";
import type { TextExample } from "../../src/tasks/text-example.js";
import { columnsOf, readExamples } from "../../src/workflows/load-data.js";
import type { FineTuneOptions } from "../../src/workflows/options.js";

export interface LabelledTask {
  readonly title: string;
  readonly language: "ja" | "en";
  /** Files below the folder of shared data, and their columns. */
  readonly data: Pick<FineTuneOptions, "textColumn" | "labelColumn"> & {
    readonly train: string;
    readonly validation: string;
  };
}

/** The tasks by name. */
export const labelledTasks: Readonly<Record<string, LabelledTask>> = {
  areas: {
    title: "ja: area of a web technology (9)",
    language: "ja",
    data: {
      train: "corpora/labelled/mdn-ja-area/train.jsonl",
      validation: "corpora/labelled/mdn-ja-area/valid.jsonl",
    },
  },
  groups: {
    title: "ja: group of a web interface (11)",
    language: "ja",
    data: {
      train: "corpora/labelled/mdn-ja-api-group/train.jsonl",
      validation: "corpora/labelled/mdn-ja-api-group/valid.jsonl",
    },
  },
  reviews: {
    title: "ja: mood of a hotel review (3)",
    language: "ja",
    data: {
      train: "data/ja/jrte-pn/train.tsv",
      validation: "data/ja/jrte-pn/dev.tsv",
      textColumn: "3",
      labelColumn: "2",
    },
  },
  entailment: {
    title: "ja: does one sentence follow from another? (3)",
    language: "ja",
    data: { train: "data/ja/jnli/train.jsonl", validation: "data/ja/jnli/valid.jsonl" },
  },
  sst2: {
    title: "en: mood of a film review (2)",
    language: "en",
    data: { train: "data/en/sst2/train.tsv", validation: "data/en/sst2/dev.tsv" },
  },
  news: {
    title: "en: topic of a news item (4)",
    language: "en",
    data: {
      train: "data/en/ag_news/train.csv",
      validation: "data/en/ag_news/valid.csv",
      textColumn: "3",
      labelColumn: "1",
    },
  },
};

/** The task of a name. */
export function labelledTask(name: string): LabelledTask {
  const task = labelledTasks[name];
  if (task === undefined)
    throw new OptionError(
      `--tasks: expected names among ${Object.keys(labelledTasks).join(", ")}, got ${name}`,
    );
  return task;
}

/** A text, or a pair of texts, with its label. */
export interface LabelledRow {
  readonly text: string;
  readonly pair?: string;
  readonly label: string;
}

/** What a run learns from, and what it is tried on. */
export interface LabelledRows {
  readonly train: readonly LabelledRow[];
  readonly validation: readonly LabelledRow[];
}

/** Models are tried on so many validation rows at most, evenly spaced over the file. */
export const mostValidationRows = 1000;

/** All training rows of a task, and its validation rows; `shared` is the folder with `data` and `corpora`. */
export async function readTask(shared: string, name: string): Promise<LabelledRows> {
  const { data } = labelledTask(name);
  const [trainFile, validationFile] = [join(shared, data.train), join(shared, data.validation)];
  const rows = await readRows(trainFile);
  const columns = guessColumns(textClassification.name, rows, columnsOf(data));
  const train = await readExamples(textClassification, trainFile, rows, columns);
  const tried = await readExamples(
    textClassification,
    validationFile,
    await readRows(validationFile),
    columns,
  );
  return {
    train: train.examples.map(rowOf),
    validation: evenlySpaced(tried.examples, mostValidationRows).map(rowOf),
  };
}

/** At most `count` of the items, evenly spaced: of ten items, three are those at 0, 3 and 6. */
export function evenlySpaced<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

/**
 * So many rows, drawn by the seed in random order; of each label there is at least one, since a model that never saw a
 * label could not be asked for it.
 */
export function drawRows(rows: readonly LabelledRow[], count: number, seed: number): LabelledRow[] {
  const order = Array.from(new Random(seed).fork("rows").permutation(rows.length), (i) => rows[i]!);
  const firsts = new Map<string, LabelledRow>();
  for (const row of order) if (!firsts.has(row.label)) firsts.set(row.label, row);
  if (firsts.size > count)
    throw new OptionError(
      `--labels: expected at least one row for each of ${firsts.size} labels, got ${count}`,
    );
  const others = order.filter((row) => firsts.get(row.label) !== row);
  const kept = new Set([...firsts.values(), ...others.slice(0, count - firsts.size)]);
  return order.filter((row) => kept.has(row));
}

/** Write the rows into a folder, for programs that take files: `train.jsonl` and `validation.jsonl`. */
export async function writeRows(
  folder: string,
  rows: LabelledRows,
): Promise<{ readonly train: string; readonly validation: string }> {
  await mkdir(folder, { recursive: true });
  const write = async (name: keyof LabelledRows): Promise<string> => {
    const path = join(folder, `${name}.jsonl`);
    await writeFile(path, rows[name].map((row) => `${JSON.stringify(row)}\n`).join(""));
    return path;
  };
  return { train: await write("train"), validation: await write("validation") };
}

function rowOf({ text, pair, label }: TextExample): LabelledRow {
  return { text, ...(pair === undefined ? {} : { pair }), label: String(label) };
}
