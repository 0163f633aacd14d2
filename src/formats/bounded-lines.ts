import { concatenate, refuseOtherEncodings } from "./text.js";

/** A line of a file, or a part of one that is too long to be held. */
export interface BoundedLine {
  /** Without its line end; undefined where the line is no text. */
  readonly text: string | undefined;
  /** Why it is no text. */
  readonly problem?: string;
  /** Counted from 1. */
  readonly number: number;
  /** Whether the line ends here; else it goes on in the next. */
  readonly ends: boolean;
}

/**
 * The lines of a UTF-8 file as it streams in, a list for each chunk, in bounded memory: a line longer than `limit` bytes
 * comes in parts of about that size. A line that is not UTF-8, or has a NUL in it, is told apart and ends nothing; a
 * file that begins like one of another kind is an error.
 */
export async function* boundedLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
  limit: number,
): AsyncGenerator<BoundedLine[]> {
  const reader = new LineReader();
  let rest: Uint8Array[] = [];
  let size = 0;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst && chunk.length > 0) {
      refuseOtherEncodings(chunk, path);
      isFirst = false;
    }
    const end = chunk.lastIndexOf(0x0a);
    if (end >= 0) {
      yield reader.read(concatenate(...rest, chunk.subarray(0, end)), true);
      [rest, size] = [[], 0];
    }
    if (end + 1 < chunk.length) {
      rest.push(chunk.slice(end + 1)); // a stream may use its buffer again
      size += chunk.length - end - 1;
    }
    if (size <= limit) continue;
    const part = concatenate(...rest);
    const whole = endOfCharacters(part);
    yield reader.read(part.subarray(0, whole), false);
    rest = [part.slice(whole)];
    size = part.length - whole;
  }
  if (size > 0) yield reader.read(concatenate(...rest), true);
}

class LineReader {
  // a mark is dropped at the very beginning only; elsewhere it is a character
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #number = 1;
  #isFirst = true;

  /** The lines in some bytes, whose last line goes on or not. */
  read(bytes: Uint8Array, ends: boolean): BoundedLine[] {
    const texts = this.#texts(bytes);
    return texts.map((text, i) => {
      const isEnd = ends || i + 1 < texts.length;
      const number = this.#number;
      if (isEnd) this.#number++;
      if (text === undefined) return { text, problem: "bytes that are not UTF-8", number, ends: isEnd };
      if (text.includes("\0")) {
        return { text: undefined, problem: "a NUL character, as binary data has", number, ends: isEnd };
      }
      return { text: this.#withoutMarks(text, isEnd), number, ends: isEnd };
    });
  }

  #withoutMarks(text: string, isEnd: boolean): string {
    const start = this.#isFirst && text.startsWith("\ufeff") ? 1 : 0;
    this.#isFirst = false;
    return text.slice(start, isEnd && text.endsWith("\r") ? -1 : undefined);
  }

  #texts(bytes: Uint8Array): (string | undefined)[] {
    const all = this.#decode(bytes);
    if (all !== undefined) return all.split("\n");
    const texts: (string | undefined)[] = [];
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      texts.push(this.#decode(bytes.subarray(start, end)));
      start = end + 1;
    }
    texts.push(this.#decode(bytes.subarray(start)));
    return texts;
  }

  #decode(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }
}

/** How many bytes hold whole characters; the last character may be cut. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue; // goes on
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return size > back ? bytes.length - back : bytes.length;
  }
  return bytes.length; // no UTF-8
}
