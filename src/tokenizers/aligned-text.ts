import { TsugikiError } from "../base/index.js";
import { unitsOf } from "./unicode-classes.js";

/**
 * A text on its way through the pipeline, which knows for each of its UTF-16 units where in the raw text it
 * comes from. Steps make new ones from old ones and so cannot lose the way back.
 */
export interface AlignedText {
  readonly text: string;
  /** Raw start and end of each unit; undefined where unit i is still unit `offset + i` of the raw text. */
  readonly starts: Int32Array | undefined;
  readonly ends: Int32Array | undefined;
  /** Where a piece without `starts` begins in the raw text. */
  readonly offset: number;
}

/** A text that is still the raw one, or the part of it that begins at `offset`. */
export function rawText(text: string, offset = 0): AlignedText {
  return { text, starts: undefined, ends: undefined, offset };
}

/** Where in the raw text unit `index` begins. */
export function rawStart(source: AlignedText, index: number): number {
  return source.starts === undefined ? source.offset + index : source.starts[index]!;
}

/** Where in the raw text unit `index` ends. */
export function rawEnd(source: AlignedText, index: number): number {
  return source.ends === undefined ? source.offset + index + 1 : source.ends[index]!;
}

/** The same alignment under a text of equal length. */
export function withText(source: AlignedText, text: string): AlignedText {
  return { ...source, text };
}

/**
 * Steps of a file from strangers may make a text grow, and grow again; this many units is more than any
 * sentence or book needs and still fits into memory.
 */
const unitLimit = 2 ** 26;

/** Writes the text that follows from `source`, unit by unit. */
export class AlignedTextBuilder {
  readonly #source: AlignedText;
  #parts: string[] = [];
  #starts: Int32Array;
  #ends: Int32Array;
  #length = 0;

  constructor(source: AlignedText) {
    this.#source = source;
    this.#starts = new Int32Array(source.text.length + 8);
    this.#ends = new Int32Array(source.text.length + 8);
  }

  /** Take over units `from` to `to` of the source. */
  keep(from: number, to: number): void {
    this.#parts.push(this.#source.text.slice(from, to));
    this.#reserve(to - from);
    for (let i = from; i < to; i++) {
      this.#starts[this.#length] = rawStart(this.#source, i);
      this.#ends[this.#length++] = rawEnd(this.#source, i);
    }
  }

  /** Write `text` in the place of units `from` to `to` of the source (at least one unit). */
  replace(text: string, from: number, to: number): void {
    this.put(text, rawStart(this.#source, from), rawEnd(this.#source, to - 1));
  }

  /** Write `text`, all of it from `start` to `end` of the raw text. */
  put(text: string, start: number, end: number): void {
    this.#parts.push(text);
    this.#reserve(text.length);
    this.#starts.fill(start, this.#length, this.#length + text.length);
    this.#ends.fill(end, this.#length, this.#length + text.length);
    this.#length += text.length;
  }

  build(): AlignedText {
    return {
      text: this.#parts.join(""),
      starts: this.#starts.subarray(0, this.#length),
      ends: this.#ends.subarray(0, this.#length),
      offset: 0,
    };
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#starts.length) return;
    if (needed > unitLimit) {
      throw new TsugikiError(`normalising made a text grow beyond ${unitLimit} characters`, {
        hint: "Encode shorter texts; if this one is short, the tokenizer file multiplies text and should not be trusted.",
      });
    }
    const size = Math.min(unitLimit, needed * 2);
    this.#starts = enlarged(this.#starts, size);
    this.#ends = enlarged(this.#ends, size);
  }
}

/**
 * Replace each character by what `change` makes of it: itself, nothing, or several characters, which then all
 * stand for the one. `mapCharacters(rawText("aB"), (c) => c.toLowerCase())` is `ab`.
 */
export function mapCharacters(
  source: AlignedText,
  change: (character: string, codePoint: number) => string,
): AlignedText {
  const { text } = source;
  let builder: AlignedTextBuilder | undefined;
  let kept = 0;
  for (let i = 0; i < text.length; ) {
    const codePoint = text.codePointAt(i)!;
    const next = i + unitsOf(codePoint);
    const character = text.slice(i, next);
    const changed = change(character, codePoint);
    if (changed !== character) {
      builder ??= new AlignedTextBuilder(source);
      builder.keep(kept, i);
      builder.replace(changed, i, next);
      kept = next;
    }
    i = next;
  }
  if (builder === undefined) return source;
  builder.keep(kept, text.length);
  return builder.build();
}

/** The units from `from` to `to`, as a text of their own. */
export function sliceText(source: AlignedText, from: number, to: number): AlignedText {
  return {
    text: source.text.slice(from, to),
    starts: source.starts?.subarray(from, to),
    ends: source.ends?.subarray(from, to),
    offset: source.offset + from,
  };
}

function enlarged(array: Int32Array, size: number): Int32Array {
  const larger = new Int32Array(size);
  larger.set(array);
  return larger;
}
