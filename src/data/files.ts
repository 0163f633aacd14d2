import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { FileError, nearest } from "../base/index.js";
import type { RowFormat, RowSet } from "../formats/row.js";
import { decodeText } from "../formats/text.js";
import { hasHeader } from "./header.js";
import { delimiterOf, rowFormatOf } from "./sniff.js";

/** Files that are read at once must fit a string; JSONL and CoNLL are read as they stream in. */
const wholeLimit = 500 * 2 ** 20; // bytes

/** Text shrinks to a third or a tenth; what shrinks a hundredfold is a bomb, unless it is small anyway. */
const gzipRatioLimit = 100;
const gzipFreeSize = 64 * 2 ** 20; // bytes

/** The format of a file is looked for in so many bytes of its beginning. */
const headSize = 64 * 2 ** 10;

type Chunks = AsyncIterable<Uint8Array>;
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
};

/**
 * Read a data file: CSV, TSV, JSON, JSONL, CoNLL, SQuAD, Parquet, labelled or plain lines, by the ending of its
 * name or, where that says nothing, its content; each also with `.gz`. Files that are damaged, empty or hostile
 * are errors that name file and line.
 */
export async function readRows(path: string, { format }: { format?: RowFormat } = {}): Promise<RowSet> {
  await checkFile(path);
  const { head, chunks } = await peek(openChunks(path), headSize);
  if (head.length === 0)
    throw new FileError(path, "expected rows, got an empty file", { hint: "is it the right file?" });
  const set = await readers[format ?? rowFormatOf(path, head)](chunks, path);
  if (set.rows.length > 0) return set;
  const got = set.columns.length > 0 ? `a header only (${set.columns.join(", ")})` : "blank lines only";
  throw new FileError(path, `expected rows, got ${got}`, { hint: "is it the right file?" });
}

async function readJson(chunks: Chunks, path: string): Promise<RowSet> {
  return (await import("../formats/json-rows.js")).readJsonRows(await wholeText(chunks, path), path);
}

async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    const names = await readdir(dirname(path)).catch(() => []);
    const near = nearest(basename(path), names);
    throw new FileError(path, "expected a data file, found none", {
      hint:
        near === undefined ? "check the path; it is relative to the current folder" : `did you mean ${near}?`,
    });
  }
  if (found.isDirectory()) {
    throw new FileError(path, "expected a data file, got a folder", {
      hint: "name one file of it, or give the folder as --data-dir",
    });
  }
}

/** The bytes of a file, unpacked where it is gzip'd. */
async function* openChunks(path: string): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path);
  const limit = Math.max(gzipFreeSize, size * gzipRatioLimit);
  const file = createReadStream(path, { highWaterMark: 2 ** 20 });
  if (!/\.gz$/i.test(path)) {
    yield* file;
    return;
  }
  const unpacked = createGunzip({ chunkSize: 2 ** 18 });
  // errors reach the reader of `unpacked`, so the pipeline's own promise has nothing to add
  pipeline(file, unpacked).catch(() => undefined);
  let total = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > limit) {
        throw new FileError(
          path,
          `expected data that unpacks to at most ${gzipRatioLimit} times its size, got more`,
          {
            hint: "unpack it by hand and look at it before you use it",
          },
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(path, `expected a gzip file, got: ${(error as Error).message}`, {
      hint: "the file is cut off or damaged; copy or download it again",
      cause: error,
    });
  } finally {
    file.destroy();
  }
}

/** The first bytes of a stream, and the whole stream. */
async function peek(
  source: AsyncGenerator<Uint8Array>,
  size: number,
): Promise<{ head: Uint8Array; chunks: Chunks }> {
  const seen: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const next = await source.next();
    if (next.done) break;
    seen.push(next.value);
    length += next.value.length;
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* seen;
    yield* source;
  }
  return { head: Buffer.concat(seen).subarray(0, size), chunks: chunks() };
}

async function wholeBytes(chunks: Chunks, path: string, limit = wholeLimit): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) {
      throw new FileError(path, `expected at most ${limit / 2 ** 20} MB, got more`, {
        hint: "convert it to JSONL, which is read as it streams in, or split it",
      });
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

async function wholeText(chunks: Chunks, path: string): Promise<string> {
  return decodeText(await wholeBytes(chunks, path), path);
}
