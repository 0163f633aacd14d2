import { type AlignedText, rawEnd, rawStart, withText } from "./aligned-text.js";
import { byteCharCodes } from "./byte-alphabet.js";
import type { Pieces } from "./pre-tokenizers/pre-tokenizer.js";

/** Units on their way into a string; reused from text to text. */
let units = new Uint16Array(4096);

/**
 * The pieces with every byte of their UTF-8 written as a character that can be seen. The characters of one
 * raw character all stand for it.
 */
export function bytePieces({ source, bounds }: Pieces): Pieces {
  const { text } = source;
  if (/^[ -~]*$/.test(text)) return { source: withText(source, text.replaceAll(" ", "Ġ")), bounds };
  const size = byteCount(text, bounds);
  const starts = new Int32Array(size);
  const ends = new Int32Array(size);
  if (units.length < size) units = new Uint16Array(size * 2);
  const moved: number[] = [];
  let at = 0;
  for (let k = 0; k < bounds.length; k += 2) {
    moved.push(at);
    const end = bounds[k + 1]!;
    for (let i = bounds[k]!; i < end; ) {
      const codePoint = scalarAt(text, i, end);
      const next = i + (codePoint > 0xffff ? 2 : 1);
      const from = at;
      if (codePoint < 0x80) units[at++] = byteCharCodes[codePoint]!;
      else {
        if (codePoint < 0x800) units[at++] = byteCharCodes[0xc0 | (codePoint >> 6)]!;
        else {
          if (codePoint < 0x10000) units[at++] = byteCharCodes[0xe0 | (codePoint >> 12)]!;
          else {
            units[at++] = byteCharCodes[0xf0 | (codePoint >> 18)]!;
            units[at++] = byteCharCodes[0x80 | ((codePoint >> 12) & 0x3f)]!;
          }
          units[at++] = byteCharCodes[0x80 | ((codePoint >> 6) & 0x3f)]!;
        }
        units[at++] = byteCharCodes[0x80 | (codePoint & 0x3f)]!;
      }
      const start = rawStart(source, i);
      const stop = rawEnd(source, next - 1);
      for (let byte = from; byte < at; byte++) {
        starts[byte] = start;
        ends[byte] = stop;
      }
      i = next;
    }
    moved.push(at);
  }
  return {
    source: { text: stringOf(units, at), starts, ends, offset: 0 } satisfies AlignedText,
    bounds: moved,
  };
}

/** The character at `i`; half a surrogate pair is written as U+FFFD, as UTF-8 has no form for it. */
function scalarAt(text: string, i: number, end: number): number {
  const unit = text.charCodeAt(i);
  if ((unit & 0xf800) !== 0xd800) return unit;
  const codePoint = i + 1 < end ? text.codePointAt(i)! : unit;
  return codePoint > 0xffff ? codePoint : 0xfffd;
}

function byteCount(text: string, bounds: readonly number[]): number {
  let count = 0;
  for (let k = 0; k < bounds.length; k += 2) {
    for (let i = bounds[k]!; i < bounds[k + 1]!; i++) {
      const unit = text.charCodeAt(i);
      // each half of a surrogate pair makes two bytes; one alone makes three
      count += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    }
  }
  return count;
}

/** The most arguments that every engine takes in one call, with room to spare. */
const chunk = 8192;

function stringOf(codes: Uint16Array, length: number): string {
  if (length <= chunk)
    return String.fromCharCode.apply(null, codes.subarray(0, length) as unknown as number[]);
  const parts: string[] = [];
  for (let i = 0; i < length; i += chunk) {
    parts.push(
      String.fromCharCode.apply(null, codes.subarray(i, Math.min(length, i + chunk)) as unknown as number[]),
    );
  }
  return parts.join("");
}
