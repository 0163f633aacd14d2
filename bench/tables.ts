import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../test/shared.js";

/** A line of bench/records. */
export interface DatedRecord {
  readonly date: string;
  readonly machine: { readonly processor: string; readonly cores: number };
  /** Set where the machine was busy. */
  readonly warning?: string;
}

/** How a table is made of records: of those with one key, the newest. */
export interface TableForm<Entry extends DatedRecord> {
  key(record: Entry): string;
  readonly head: readonly string[];
  rows(record: Entry): readonly (readonly string[])[];
}

interface TranslationRecord extends DatedRecord {
  readonly job: { readonly name: string; readonly beamCount: number };
  readonly results: Readonly<
    Record<
      string,
      readonly { bleu: { greedy: number; beam: number }; trainSeconds: number; stepCount: number }[]
    >
  >;
}

interface LanguageModelRecord extends DatedRecord {
  readonly job: { readonly data: string; readonly model: string; readonly steps: number };
  readonly rows: readonly {
    readonly side: string;
    readonly perplexity: number;
    readonly bitsPerByte: number;
    readonly tokensPerSecond: number;
  }[];
}

const sideNames: Readonly<Record<string, string>> = { ours: "Tsugiki", pytorch: "PyTorch" };

const translation: TableForm<TranslationRecord> = {
  key: ({ job }) => job.name,
  head: ["model", "trained by", "BLEU, greedy", "BLEU, beams", "steps", "minutes of training"],
  rows: ({ job, results }) =>
    Object.entries(results).map(([side, runs]) => {
      const mean = (of: (run: (typeof runs)[number]) => number): number =>
        runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
      const facts = [mean(({ bleu }) => bleu.greedy).toFixed(2), mean(({ bleu }) => bleu.beam).toFixed(2)];
      const minutes = mean(({ trainSeconds }) => trainSeconds / 60).toFixed(1);
      return [job.name, sideNames[side] ?? side, ...facts, `${runs[0]!.stepCount}`, minutes];
    }),
};

const languageModel: TableForm<LanguageModelRecord> = {
  key: ({ job }) => `${job.data} ${job.model}`,
  head: ["text", "model", "steps", "trained by", "perplexity", "bits a byte", "tokens a second"],
  rows: ({ job, rows }) =>
    rows.map(({ side, perplexity, bitsPerByte, tokensPerSecond }) => [
      ...[job.data, job.model, `${job.steps}`, sideNames[side] ?? side],
      ...[perplexity.toFixed(2), bitsPerByte.toFixed(4), `${Math.round(tokensPerSecond)}`],
    ]),
};

/** Pages with tables that are made of records. */
const pages = [
  { page: "docs/translation.md", name: "translation", form: translation as TableForm<DatedRecord> },
  { page: "docs/language-models.md", name: "language-model", form: languageModel as TableForm<DatedRecord> },
];

/** Put what bench/records say into the tables of the documents. */
export function run(): void {
  for (const { page, name, form } of pages) {
    const path = join(repository, page);
    writeFileSync(path, withTable(readFileSync(path, "utf8"), name, tableOf(form, readRecords(name))));
    console.log(`  ${page}: ${name}`);
  }
}

/** The table of the newest record of each key, and where they were measured. */
export function tableOf<Entry extends DatedRecord>(
  { key, head, rows }: TableForm<Entry>,
  records: readonly Entry[],
): string {
  const newest = new Map(records.map((record) => [key(record), record]));
  if (newest.size === 0) return "Not measured yet.";
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const measured = [...newest.values()].map(({ date, machine: { processor, cores }, warning }) => {
    const beside = warning === undefined ? "" : ", other work beside it";
    return `${date.slice(0, 10)}, ${processor}, ${cores === 1 ? "one core" : `${cores} cores`}${beside}`;
  });
  return [
    ...[line(head), line(head.map(() => "---"))],
    ...[...newest.values()].flatMap((record) => rows(record).map(line)),
    `\nMeasured on ${[...new Set(measured)].join("; ")}.`,
  ].join("\n");
}

/** A document in which the table of a name is this one. */
export function withTable(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- table: ${name} -->\n`, "\n<!-- end of table -->"];
  const start = text.indexOf(begin) + begin.length;
  const stop = text.indexOf(end, start - 1);
  if (start < begin.length || stop < 0) throw new Error(`expected ${begin.trim()} and its end, found none`);
  return text.slice(0, start) + table + text.slice(stop);
}

/** All lines of a bench's records, the oldest first. */
export function readRecords(name: string): DatedRecord[] {
  const path = join(repository, "bench", "records", `${name}.jsonl`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}
