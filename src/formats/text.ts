import { FileError } from "../base/index.js";
import { placeOf } from "./row.js";

/** A line longer than this is no line of text but a file of another kind. */
const longestLine = 256 * 2 ** 20; // bytes

const saveAsUtf8 =
  "save the file as UTF-8; where it is Shift_JIS, as Excel writes it in Japan: iconv -f CP932 -t UTF-8 OLD > NEW";

/** The text of a whole UTF-8 file, without its byte order mark. What is not UTF-8 is an error that names the line. */
export function decodeText(bytes: Uint8Array, path: string): string {
  refuseOtherEncodings(bytes, path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notUtf8(path, 1 + lineOfFirstBadByte(bytes));
  }
}

/** A line of a file, without its line end, and its number from 1. */
export interface TextLine {
  readonly text: string;
  readonly number: number;
}

/** The lines of a UTF-8 file as it streams in; LF and CRLF end a line, a byte order mark is dropped. */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest: Uint8Array = new Uint8Array(0);
  let number = 0;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : concatenate(rest, chunk);
    if (number === 0) refuseOtherEncodings(bytes, path);
    const end = bytes.lastIndexOf(0x0a);
    rest = bytes.subarray(end + 1);
    if (rest.length > longestLine) {
      throw new FileError(
        placeOf(path, number + 1),
        `expected lines of at most ${longestLine / 2 ** 20} MB`,
        {
          hint: "put each example on a line of its own; a JSON array ends in .json, not .jsonl",
        },
      );
    }
    if (end < 0) continue;
    for (const text of split(bytes.subarray(0, end), number)) yield { text, number: ++number };
  }
  if (rest.length > 0) for (const text of split(rest, number)) yield { text, number: ++number };

  function split(bytes: Uint8Array, before: number): string[] {
    try {
      return decoder.decode(bytes).split("\n").map(withoutReturn);
    } catch {
      throw notUtf8(path, before + 1 + lineOfFirstBadByte(bytes));
    }
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/** Refuse a file whose first bytes are those of UTF-16 or of a binary file. */
export function refuseOtherEncodings(bytes: Uint8Array, path: string): void {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new FileError(path, "expected UTF-8 text, got UTF-16", { hint: "save the file as UTF-8" });
  }
  if (bytes.subarray(0, 4096).includes(0)) {
    throw new FileError(path, "expected text, got a binary file", {
      hint: "give a CSV, TSV, JSON, JSONL, CoNLL or Parquet file, with the ending of its kind",
    });
  }
}

function notUtf8(path: string, line: number): FileError {
  return new FileError(placeOf(path, line), "expected UTF-8 text, got other bytes", { hint: saveAsUtf8 });
}

/** How many line ends stand before the first byte that is not UTF-8. */
function lineOfFirstBadByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let start = 0;
  for (let line = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
  }
}

/** Some bytes, one after the other. */
export function concatenate(...parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
