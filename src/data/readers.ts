import { FileError } from "../base/index.js";
import type { RowFormat, RowSet } from "../formats/row.js";
import { decodeText } from "../formats/text.js";
import { hasHeader } from "./header.js";
import { delimiterOf, formatByEnding, rowFormatOf } from "./sniff.js";

/** Files that are read at once must fit a string; JSONL, CoNLL and lines are read as they stream in. */
const wholeLimit = 500 * 2 ** 20; // bytes

/** The format of a file is looked for in so many bytes of its beginning. */
const headSize = 64 * 2 ** 10;

/** The bytes of a file as they come in. */
export type Chunks = AsyncIterable<Uint8Array>;

type Reader = (chunks: Chunks, path: string) => Promise<RowSet>;

// imported when needed: a prediction should not wait for the Parquet library
const readers: Record<RowFormat, Reader> = {
  csv: async (chunks, path) => {
    const text = await wholeText(chunks, path);
    const { readCsv } = await import("../formats/csv.js");
    return readCsv(text, path, { delimiter: delimiterOf(text), hasHeader });
  },
  tsv: async (chunks, path) => {
    const { readCsv } = await import("../formats/csv.js");
    return readCsv(await wholeText(chunks, path), path, { delimiter: "\t", hasHeader });
  },
  json: readJson,
  squad: readJson,
  jsonl: async (chunks, path) => (await import("../formats/jsonl.js")).readJsonLines(chunks, path),
  conll: async (chunks, path) => (await import("../formats/conll.js")).readConll(chunks, path),
  parquet: async (chunks, path) => {
    const { readParquet } = await import("../formats/parquet.js");
    return readParquet(await wholeBytes(chunks, path), path);
  },
  "labeled-lines": async (chunks, path) => {
    const { readLabeledLines } = await import("../formats/labeled-lines.js");
    return readLabeledLines(await wholeText(chunks, path), path);
  },
  lines: async (chunks, path) => (await import("../formats/lines.js")).readTextLines(chunks, path),
  "running-text": async (chunks, path) =>
    (await import("../formats/running-text.js")).readRunningText(chunks, path),
};

/** How a file is to be read, where its name and content do not decide it. */
export interface ReadOptions {
  readonly format?: RowFormat;
  /** Whether a file that no ending marks as a table is text that goes on from line to line. Default false. */
  readonly textRunsOn?: boolean;
}

/**
 * Read rows from the bytes of a data file: CSV, TSV, JSON, JSONL, CoNLL, SQuAD, Parquet, labelled or plain lines, by
 * the ending of its name or, where that says nothing, its content. Data that is damaged, empty or hostile is an
 * error that names file and line. Runs in a browser too: `readRowsFrom(file.stream(), file.name)`.
 */
export async function readRowsFrom(
  chunks: Chunks,
  path: string,
  { format, textRunsOn = false }: ReadOptions = {},
): Promise<RowSet> {
  const { head, all } = await peek(chunks, headSize);
  if (head.length === 0) {
    throw new FileError(path, "expected rows, got an empty file", { hint: "is it the right file?" });
  }
  const found = textRunsOn ? (formatByEnding(path) ?? "running-text") : rowFormatOf(path, head);
  const set = await readers[format ?? found](all, path);
  if (set.rows.length > 0) return set;
  const got = set.columns.length > 0 ? `a header only (${set.columns.join(", ")})` : "none";
  throw new FileError(path, `expected rows, got ${got}`, { hint: "is it the right file?" });
}

async function readJson(chunks: Chunks, path: string): Promise<RowSet> {
  return (await import("../formats/json-rows.js")).readJsonRows(await wholeText(chunks, path), path);
}

/** The first bytes of a stream, and the whole stream. */
async function peek(source: Chunks, size: number): Promise<{ head: Uint8Array; all: Chunks }> {
  const seen: Uint8Array[] = [];
  const rest = source[Symbol.asyncIterator]();
  let length = 0;
  while (length < size) {
    const next = await rest.next();
    if (next.done) break;
    seen.push(next.value);
    length += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* seen;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  return { head: join(seen).subarray(0, size), all: all() };
}

async function wholeBytes(chunks: Chunks, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > wholeLimit) {
      throw new FileError(path, `expected at most ${wholeLimit / 2 ** 20} MB, got more`, {
        hint: "convert it to JSONL, which is read as it streams in, or split it",
      });
    }
    parts.push(chunk);
  }
  return join(parts);
}

async function wholeText(chunks: Chunks, path: string): Promise<string> {
  return decodeText(await wholeBytes(chunks, path), path);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
