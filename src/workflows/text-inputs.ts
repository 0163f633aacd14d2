import { describeJson, FileError, isJsonObject, type Json, parseJson } from "../base/index.js";
import { openChunks, readRows } from "../data/files.js";
import { globFiles } from "./glob-files.js";

/** A text, or two that belong together. */
export interface TextInput {
  readonly text: string;
  readonly pair?: string;
}

/** Where texts come from. */
export interface TextOptions {
  /** The texts themselves. */
  texts?: string[];
  /** Files, or patterns that name files: one text a line; JSONL, JSON, CSV, TSV and Parquet one a row. */
  files?: string[];
  /** Lines are JSON: a string, or an object with the text and, where there is one, its pair. Default: by the
   *  ending of each file. */
  jsonl?: boolean;
  /** The column of rows that holds the text. Default `text`. */
  textColumn?: string;
  /** The column that holds the second text of a pair. Default `pair`. */
  pairColumn?: string;
}

/** Bytes as they come, from a file or a pipe. */
export type ByteSource = AsyncIterable<Uint8Array | string>;

/** Whole lines of a source, as bytes: whatever thread has them can read texts from them. */
export interface LinePart {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** How many lines stand before these. */
  readonly lineCount: number;
  /** Whether the ending of the file says that lines are JSON. */
  readonly isJson: boolean;
}

/** Texts, or lines to read them from. */
export type TextPart = readonly TextInput[] | LinePart;

/** The texts as they stream in: those given, else those of the files, else the lines of standard input. */
export async function* textInputs(
  options: TextOptions,
  standardInput: ByteSource,
): AsyncGenerator<TextInput> {
  for await (const part of textParts(options, standardInput))
    for (const text of readTextPart(part, options)) yield text;
}

/** The same texts in parts of some hundred thousand bytes, which are still to be read. */
export async function* textParts(options: TextOptions, standardInput: ByteSource): AsyncGenerator<TextPart> {
  const { texts, files } = options;
  if (texts !== undefined) yield* batches(texts, (text) => readLine(text, () => "text", options, false));
  if (files !== undefined) for (const path of await globFiles(files)) yield* partsOfFile(path, options);
  if (texts !== undefined || files !== undefined) return;
  yield* lineParts(standardInput, "standard input", false);
}

/** The texts of a part. */
export function* readTextPart(part: TextPart, options: TextOptions): Generator<TextInput> {
  if (!("bytes" in part)) {
    yield* part;
    return;
  }
  let number = part.lineCount;
  const place = (): string => placeOf(part.name, number);
  for (const line of linesOf(part)) {
    number++;
    yield readLine(line, place, options, part.isJson);
  }
}

async function* partsOfFile(path: string, options: TextOptions): AsyncGenerator<TextPart> {
  const ending = /\.([^./\\]+)$/.exec(path.replace(/\.gz$/i, ""))?.[1]?.toLowerCase();
  if (options.jsonl !== true && ["csv", "json", "parquet", "tab", "tsv"].includes(ending ?? "")) {
    const { rows } = await readRows(path);
    yield* batches(rows, ({ fields, line }) => textOf(fields, placeOf(path, line), options));
    return;
  }
  yield* lineParts(openChunks(path), path, ending === "jsonl" || ending === "ndjson");
}

const charactersPerBatch = 2 ** 16;

/** Texts in batches. Where one cannot be read, those before it come first. */
function* batches<Row>(rows: Iterable<Row>, read: (row: Row) => TextInput): Generator<readonly TextInput[]> {
  let batch: TextInput[] = [];
  let size = 0;
  try {
    for (const row of rows) {
      const one = read(row);
      batch.push(one);
      size += one.text.length + (one.pair?.length ?? 0);
      if (size < charactersPerBatch) continue;
      yield batch;
      [batch, size] = [[], 0];
    }
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}

/** `areas.txt, line 12`. */
function placeOf(name: string, line: number): string {
  return `${name}, line ${line.toLocaleString("en-US")}`;
}

function readLine(line: string, placeOfLine: () => string, options: TextOptions, isJson: boolean): TextInput {
  if (!(options.jsonl ?? isJson)) return { text: line };
  const place = placeOfLine();
  return textOf(parseJson(line, place), place, options);
}

function textOf(value: Json, place: string, { textColumn = "text", pairColumn }: TextOptions): TextInput {
  if (typeof value === "string") return { text: value };
  if (!isJsonObject(value)) {
    throw new FileError(place, `expected a string or an object with a text, got ${describeJson(value)}`);
  }
  const text = value[textColumn];
  if (typeof text !== "string") {
    throw new FileError(place, `expected a text in "${textColumn}", got ${describeJson(text)}`, {
      hint: `name the column that holds it: --text-column (there are ${Object.keys(value).join(", ")})`,
    });
  }
  const pair = value[pairColumn ?? "pair"] ?? undefined;
  if (pair === undefined && pairColumn === undefined) return { text };
  if (typeof pair === "string") return { text, pair };
  throw new FileError(place, `expected a text in "${pairColumn ?? "pair"}", got ${describeJson(pair)}`);
}

const longestLine = 2 ** 28; // bytes; a string holds twice that
const bytesPerPart = 2 ** 18;
const lineFeed = 0x0a;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The lines of a source in parts, as soon as they are whole. */
async function* lineParts(source: ByteSource, name: string, isJson: boolean): AsyncGenerator<LinePart> {
  const encoder = new TextEncoder();
  let begun: Uint8Array[] = []; // of a line whose end is still to come
  let size = 0;
  let lineCount = 0;
  const part = (bytes: Uint8Array): LinePart => {
    const made = { bytes: joined([...begun, bytes]), name, lineCount, isJson };
    [begun, size] = [[], 0];
    lineCount += countOf(lineFeed, made.bytes);
    return made;
  };
  for await (const chunk of source) {
    const bytes = typeof chunk === "string" ? encoder.encode(chunk) : chunk;
    let start = 0;
    for (const last = bytes.lastIndexOf(lineFeed) + 1; start < last; ) {
      const end = start + bytesPerPart < last ? bytes.indexOf(lineFeed, start + bytesPerPart) + 1 : last;
      yield part(bytes.subarray(start, end));
      start = end;
    }
    if (start === bytes.length) continue;
    begun.push(bytes.slice(start)); // a stream may use its buffer again
    size += bytes.length - start;
    if (size > longestLine) {
      throw new FileError(
        placeOf(name, lineCount + 1),
        `expected lines of at most ${longestLine / 2 ** 20} MB`,
      );
    }
  }
  if (begun.length > 0) yield part(new Uint8Array());
}

/** Lines of UTF-8 without their ends; what else they hold, NUL too, is text. */
function* linesOf({ bytes, name, lineCount }: LinePart): Generator<string> {
  let number = lineCount;
  for (const line of decodedLines(bytes, () => placeOf(name, number + 1))) {
    // a mark is dropped at the very beginning only; elsewhere it is a character
    const start = number === 0 && line.startsWith("\ufeff") ? 1 : 0;
    number++;
    yield line.slice(start, line.endsWith("\r") ? -1 : undefined);
  }
}

/** All lines at once; where they are not UTF-8, one by one up to the one that is not. */
function* decodedLines(bytes: Uint8Array, place: () => string): Generator<string> {
  const last = bytes.at(-1) === lineFeed ? bytes.length - 1 : bytes.length;
  let lines: string[];
  try {
    lines = decoder.decode(bytes.subarray(0, last)).split("\n");
  } catch {
    for (let start = 0; start <= last; ) {
      const found = bytes.indexOf(lineFeed, start);
      const end = found < 0 ? last : found;
      yield decodedLine(bytes.subarray(start, end), place);
      start = end + 1;
    }
    return;
  }
  yield* lines;
}

function decodedLine(bytes: Uint8Array, place: () => string): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new FileError(place(), "expected UTF-8 text, got other bytes", {
      hint: "convert it, for example with: iconv -f CP932 -t UTF-8",
      cause: error,
    });
  }
}

/** One array of their own bytes. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function countOf(wanted: number, bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === wanted) count++;
  return count;
}
