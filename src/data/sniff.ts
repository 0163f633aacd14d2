import type { RowFormat } from "../formats/row.js";

const byEnding: Readonly<Record<string, RowFormat>> = {
  bio: "conll",
  bmes: "conll",
  conll: "conll",
  csv: "csv",
  iob: "conll",
  iob2: "conll",
  json: "json",
  jsonl: "jsonl",
  label: "labeled-lines",
  ndjson: "jsonl",
  parquet: "parquet",
  tab: "tsv",
  tsv: "tsv",
};

/** How an entity tag looks: O, or a letter of a scheme, usually with a type behind a hyphen. */
const tag = /^(?:O|[BIESLUM](?:-\S+)?)$/;

/**
 * The format of a data file: from the ending of its name, and where that says nothing (`.txt`, none) from its
 * beginning. Tables that hold a word and its tag a line are CoNLL whatever they are called.
 */
export function rowFormatOf(path: string, head: Uint8Array): RowFormat {
  const known = formatByEnding(path);
  if (known !== undefined && known !== "tsv") return known;
  if (known === undefined && new TextDecoder().decode(head.subarray(0, 4)) === "PAR1") return "parquet";
  const lines = headLines(head);
  if (isConll(lines)) return "conll";
  if (known === "tsv") return "tsv";
  const first = lines.find((line) => line.trim() !== "") ?? "";
  if (/^\s*[[{]/.test(first)) return "json";
  if (first.startsWith("__label__")) return "labeled-lines";
  const tabs = lines.filter((line) => line !== "").map((line) => line.split("\t").length);
  return tabs.length > 0 && tabs[0]! > 1 && tabs.every((count) => count === tabs[0]) ? "tsv" : "lines";
}

/** The format that the ending of a file's name stands for; undefined where it stands for none. */
export function formatByEnding(path: string): RowFormat | undefined {
  const ending = /\.([^./\\]+)$/.exec(path.replace(/\.gz$/i, ""))?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(byEnding, ending) ? byEnding[ending] : undefined;
}

/** Which delimiter a `.csv` file uses, from its first line: the comma, unless there is none. */
export function delimiterOf(text: string): "," | ";" | "\t" {
  const first = /^\s*(.*)/.exec(text)![1]!;
  return ([",", ";", "\t"] as const).find((delimiter) => first.includes(delimiter)) ?? ",";
}

/** The whole lines of a file's beginning. */
function headLines(head: Uint8Array): string[] {
  const text = new TextDecoder().decode(head).replace(/^\ufeff/, "");
  const lines = text.split(/\r?\n/);
  return text.endsWith("\n") || lines.length > 1 ? lines.slice(0, -1) : lines;
}

function isConll(lines: readonly string[]): boolean {
  const content = lines.filter((line) => line.trim() !== "" && !line.startsWith("-DOCSTART-"));
  const cells = content.map((line) => (line.includes("\t") ? line.split("\t") : line.trim().split(/ +/)));
  if (cells.length < 2) return false;
  const tagged = cells.every(
    (row) => row.length > 1 && !/\s/.test(row[0]!.trim()) && tag.test(row.at(-1)!.trim()),
  );
  return (
    tagged && (lines.some((line) => line.trim() === "") || cells.some((row) => row.at(-1)!.includes("-")))
  );
}
