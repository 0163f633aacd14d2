import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { describeJson, FileError, isJsonObject, type Json, parseJson } from "../base/index.js";
import { readRows } from "../data/files.js";
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

/** The texts as they stream in: those given, else those of the files, else the lines of standard input. */
export async function* textInputs(
  options: TextOptions,
  standardInput: ByteSource,
): AsyncGenerator<TextInput> {
  const { texts, files } = options;
  if (texts !== undefined) for (const text of texts) yield readLine(text, "text", options, false);
  if (files !== undefined) for (const path of await globFiles(files)) yield* textsOfFile(path, options);
  if (texts !== undefined || files !== undefined) return;
  const name = "standard input";
  for await (const { text, number } of lines(standardInput, name))
    yield readLine(text, placeOf(name, number), options, false);
}

/** The texts of a file. */
export async function* textsOfFile(path: string, options: TextOptions = {}): AsyncGenerator<TextInput> {
  const ending = /\.([^./\\]+)$/.exec(path.replace(/\.gz$/i, ""))?.[1]?.toLowerCase();
  if (options.jsonl !== true && ["csv", "json", "parquet", "tab", "tsv"].includes(ending ?? "")) {
    const { rows } = await readRows(path);
    for (const { fields, line } of rows) yield textOf(fields, placeOf(path, line), options);
    return;
  }
  const isJson = ending === "jsonl" || ending === "ndjson";
  for await (const { text, number } of lines(openBytes(path), path))
    yield readLine(text, placeOf(path, number), options, isJson);
}

/** `areas.txt, line 12`. */
function placeOf(name: string, line: number): string {
  return `${name}, line ${line.toLocaleString("en-US")}`;
}

function readLine(line: string, place: string, options: TextOptions, isJson: boolean): TextInput {
  return (options.jsonl ?? isJson) ? textOf(parseJson(line, place), place, options) : { text: line };
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

async function* openBytes(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: 2 ** 20 });
  try {
    if (!/\.gz$/i.test(path)) {
      yield* file;
      return;
    }
    const unpacked = createGunzip({ chunkSize: 2 ** 18 });
    pipeline(file, unpacked).catch(() => undefined); // its errors reach the reader of `unpacked`
    yield* unpacked as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new FileError(path, `cannot be read: ${(error as Error).message}`, {
      hint: "the file is damaged, or this user may not read it",
      cause: error,
    });
  } finally {
    file.destroy();
  }
}

const longestLine = 2 ** 28; // bytes; a string holds twice that

/** Lines of UTF-8 without their ends; what else they hold, NUL too, is text. */
async function* lines(source: ByteSource, name: string): AsyncGenerator<{ text: string; number: number }> {
  // a mark is dropped at the very beginning only; elsewhere it is a character
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const encoder = new TextEncoder();
  let parts: Uint8Array[] = [];
  let size = 0;
  let number = 0;
  const decode = (bytes: Uint8Array): string => {
    number++;
    try {
      const text = decoder.decode(bytes);
      const start = number === 1 && text.startsWith("\ufeff") ? 1 : 0;
      return text.slice(start, text.endsWith("\r") ? -1 : undefined);
    } catch (error) {
      throw new FileError(placeOf(name, number), "expected UTF-8 text, got other bytes", {
        hint: "convert it, for example with: iconv -f CP932 -t UTF-8",
        cause: error,
      });
    }
  };
  for await (const chunk of source) {
    const bytes = typeof chunk === "string" ? encoder.encode(chunk) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      parts.push(bytes.subarray(start, end));
      yield { text: decode(joined(parts)), number };
      [parts, size] = [[], 0];
      start = end + 1;
    }
    if (start === bytes.length) continue;
    parts.push(bytes.slice(start)); // a stream may use its buffer again
    size += bytes.length - start;
    if (size > longestLine) {
      throw new FileError(placeOf(name, number + 1), `expected lines of at most ${longestLine / 2 ** 20} MB`);
    }
  }
  if (parts.length > 0) yield { text: decode(joined(parts)), number };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
