// Rows with labels that models are tried on, in Japanese and English, and how a run draws its share of them.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OptionError, Random } from "../../src/base/index.js";
import { guessColumns } from "../../src/data/columns.js";
import { readRows } from "../../src/data/files.js";
import type { RowSet } from "../../src/formats/row.js";
import { textClassification } from "../../src/tasks/text-classification.js";
import type { TextExample } from "../../src/tasks/text-example.js";
import { columnsOf, readExamples } from "../../src/workflows/load-data.js";
import type { FineTuneOptions } from "../../src/workflows/options.js";

export interface LabelledTask {
  readonly title: string;
  readonly language: "ja" | "en";
  /** All training rows, and all validation rows; `shared` is the folder with `data` and `corpora`. */
  rows(shared: string): Promise<LabelledRows>;
}

/** The tasks by name. */
export const labelledTasks: Readonly<Record<string, LabelledTask>> = {
  areas: {
    title: "ja: area of a web technology (9)",
    language: "ja",
    rows: ofFiles("corpora/labelled/mdn-ja-area", "train.jsonl", "valid.jsonl"),
  },
  groups: {
    title: "ja: group of a web interface (11)",
    language: "ja",
    rows: ofFiles("corpora/labelled/mdn-ja-api-group", "train.jsonl", "valid.jsonl"),
  },
  reviews: {
    title: "ja: mood of a hotel review (3)",
    language: "ja",
    rows: ofFiles("data/ja/jrte-pn", "train.tsv", "dev.tsv", { textColumn: "3", labelColumn: "2" }),
  },
  "asked-ja": {
    title: "ja: what a question asks for (6)",
    language: "ja",
    rows: ofQuestions,
  },
  entailment: {
    title: "ja: does one sentence follow from another? (3)",
    language: "ja",
    rows: ofFiles("data/ja/jnli", "train.jsonl", "valid.jsonl"),
  },
  sst2: {
    title: "en: mood of a film review (2)",
    language: "en",
    rows: ofFiles("data/en/sst2", "train.tsv", "dev.tsv"),
  },
  news: {
    title: "en: topic of a news item (4)",
    language: "en",
    rows: ofFiles("data/en/ag_news", "train.csv", "valid.csv", { textColumn: "3", labelColumn: "1" }),
  },
  "asked-en": {
    title: "en: what a question asks for (6)",
    language: "en",
    rows: ofCoarseLabels,
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

/** The rows of a task; of its validation rows at most as many as models are tried on. */
export async function readTask(shared: string, name: string): Promise<LabelledRows> {
  const { train, validation } = await labelledTask(name).rows(shared);
  return { train, validation: evenlySpaced(validation, mostValidationRows) };
}

/** Rows of files in a folder, in columns that are told by their names where they are not given. */
function ofFiles(
  folder: string,
  train: string,
  validation: string,
  columns: Pick<FineTuneOptions, "textColumn" | "labelColumn"> = {},
): LabelledTask["rows"] {
  return async (shared) => {
    const [trainFile, validationFile] = [join(shared, folder, train), join(shared, folder, validation)];
    const [learnt, tried] = [await readRows(trainFile), await readRows(validationFile)];
    const roles = guessColumns(textClassification.name, learnt, columnsOf(columns));
    const read = async (file: string, rows: RowSet): Promise<LabelledRow[]> =>
      (await readExamples(textClassification, file, rows, roles)).examples.map(rowOf);
    return { train: await read(trainFile, learnt), validation: await read(validationFile, tried) };
  };
}

/** Questions of JaQuAD by the kind of their answers; the articles of the last file are the validation rows. */
async function ofQuestions(shared: string): Promise<LabelledRows> {
  const read = async (number: number): Promise<LabelledRow[]> => {
    const path = join(shared, "data/ja/jaquad", `jaquad_train_000${number}.json`);
    const { data } = JSON.parse(await readFile(path, "utf8")) as JaQuAD;
    return data
      .flatMap(({ paragraphs }) => paragraphs)
      .flatMap(({ qas }) => qas)
      .map(({ question, answers: [answer] }) => ({ text: question, label: answer.answer_type }));
  };
  return {
    train: (await Promise.all([0, 1, 2].map(read))).flat(),
    validation: await read(3),
  };
}

/** What is read of a file of JaQuAD. */
interface JaQuAD {
  readonly data: readonly {
    readonly paragraphs: readonly {
      readonly qas: readonly {
        readonly question: string;
        readonly answers: readonly [{ readonly answer_type: string }];
      }[];
    }[];
  }[];
}

/** Questions of TREC, each once, by the coarse one of their labels. There is one file: every fifth is a validation row. */
async function ofCoarseLabels(shared: string): Promise<LabelledRows> {
  const { rows: all } = await readRows(join(shared, "data/en/trec/train_5500.label"));
  const once = new Map(all.map(({ fields }) => [JSON.stringify(fields), fields]));
  const rows = [...once.values()].map(
    ({ label, text }): LabelledRow => ({ text: String(text), label: String(label).split(":")[0]! }),
  );
  return {
    train: rows.filter((_, i) => i % 5 !== 4),
    validation: rows.filter((_, i) => i % 5 === 4),
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
