import { open, stat } from "node:fs/promises";
import { FileError } from "../../base/index.js";
import { type BoundedLine, boundedLines } from "../../formats/bounded-lines.js";
import { parquetColumn, type RandomAccess } from "../../formats/parquet.js";
import { checkFile, openChunks, readRows } from "../files.js";
import { formatByEnding } from "../sniff.js";
import { FileTally, type OnBadText } from "./file-tally.js";
import type { FileReport, PlaceCounter, RawDocument } from "./raw-document.js";
import { jsonValues, longestJsonLine, type NumberedValue, rowDocuments } from "./row-documents.js";
import { longestDocument, textDocuments } from "./text-documents.js";

/** How raw texts are read. */
export interface ReadDocumentsOptions {
  /** The column of rows that holds the text. Default `text`. */
  readonly textColumn?: string;
  /** Lines are JSON, whatever a file's ending says. Default: by the ending. */
  readonly jsonl?: boolean;
  /**
   * What becomes of lines and rows that are no text: they are skipped and counted, or the end. A file with more than a
   * tenth of them is always refused. Default `skip`.
   */
  readonly onBadText?: OnBadText;
}

/** What hears about the reading. */
export interface DocumentsListener {
  /** Counts documents that are parts of a longer one. */
  readonly cut: PlaceCounter;
  /** So many bytes are read of all files. */
  onBytes(doneBytes: number): void;
  /** A file was read to its end. */
  onFile(report: FileReport): void;
}

/**
 * The documents of files as they stream in, in bounded memory: plain text, whose documents are parted by blank lines;
 * JSONL and Parquet, a document a row; each may be packed (`.gz`) but Parquet. CSV, TSV and JSON are read whole.
 */
export async function* readDocuments(
  paths: readonly string[],
  options: ReadDocumentsOptions,
  listener: DocumentsListener,
): AsyncGenerator<RawDocument> {
  let before = 0; // bytes
  for (const path of paths) {
    await checkFile(path);
    const { size } = await stat(path);
    let done = 0;
    const onRead: OnRead = (count) => {
      done = Math.min(size, done + count);
      listener.onBytes(before + done);
    };
    const tally = new FileTally(path, size, options.onBadText ?? "skip");
    for await (const document of documentsOf(path, options, tally, listener.cut, onRead)) {
      tally.documentCount++;
      yield document;
    }
    tally.check();
    if (tally.lineCount === 0) tally.skip(1, "empty file");
    before += size;
    listener.onBytes(before);
    listener.onFile(tally.report());
  }
}

type OnRead = (byteCount: number) => void;

function documentsOf(
  path: string,
  { textColumn = "text", jsonl = false }: ReadDocumentsOptions,
  tally: FileTally,
  cut: PlaceCounter,
  onRead: OnRead,
): AsyncIterable<RawDocument> {
  const rows = (values: AsyncIterable<NumberedValue>): AsyncIterable<RawDocument> =>
    rowDocuments(values, textColumn, tally, cut);
  const lines = (limit: number): AsyncIterable<BoundedLine[]> =>
    boundedLines(counted(openChunks(path), onRead), path, limit);
  const format = jsonl ? "jsonl" : formatByEnding(path);
  switch (format) {
    case undefined:
      return textDocuments(lines(4 * longestDocument), tally, cut);
    case "jsonl":
      return rows(jsonValues(lines(longestJsonLine), tally));
    case "parquet":
      return rows(parquetValues(path, textColumn, tally, onRead));
    case "csv":
    case "tsv":
    case "json":
      return rows(rowValues(path, tally));
    default:
      throw new FileError(path, `expected text, JSONL or Parquet, got a file of labelled words (${format})`, {
        hint: "give plain text, or a file with a text a row",
      });
  }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, onRead: OnRead): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function* parquetValues(
  path: string,
  column: string,
  tally: FileTally,
  onRead: OnRead,
): AsyncGenerator<NumberedValue> {
  if (/\.gz$/i.test(path)) {
    throw new FileError(path, "expected a Parquet file, got a packed one", { hint: "unpack it: gunzip" });
  }
  const handle = await open(path, "r");
  try {
    const file: RandomAccess = {
      byteLength: tally.size,
      async slice(start, end = tally.size) {
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
        onRead(bytesRead);
        return bytes.buffer.slice(0, bytesRead);
      },
    };
    for await (const values of parquetColumn(file, path, column))
      for (const text of values) yield { value: { [column]: text }, number: ++tally.lineCount };
  } finally {
    await handle.close();
  }
}

async function* rowValues(path: string, tally: FileTally): AsyncGenerator<NumberedValue> {
  const { rows, skipped } = await readRows(path);
  tally.lineCount = rows.length + skipped.length;
  for (const { line, reason } of skipped) tally.skip(line, reason);
  for (const { fields, line } of rows) yield { value: fields, number: line };
}
