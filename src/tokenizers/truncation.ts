import { OptionError } from "../base/index.js";
import type { EncodeWordsOptions, Truncation } from "./encoding.js";

/** Which tokens of a text one encoding holds: from `start` to `end`. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/**
 * How many tokens each text may keep so that together they are at most `room`. Longest first is as the
 * `tokenizers` library does it: if the shorter text takes less than half, it stays whole; else both get half.
 * `keptLengths([30, 4], 10, "longest-first")` is `[6, 4]`.
 */
export function keptLengths(lengths: readonly number[], room: number, truncation: Truncation): number[] {
  const excess = lengths.reduce((sum, length) => sum + length, 0) - room;
  if (excess <= 0 || truncation === "none") return [...lengths];
  if (truncation === "longest-first") return longestFirst(lengths, room);
  const target = truncation === "only-first" ? 0 : 1;
  const length = lengths[target];
  if (length === undefined) {
    throw new OptionError("truncation only-second needs a second text, got one", {
      hint: "Give the second text as `pair`, or choose only-first or longest-first.",
    });
  }
  if (length <= excess) {
    throw new OptionError(
      `truncation ${truncation}: expected the text to have more than the ${excess} tokens that must go, got ${length}`,
      { hint: "The other text alone fills the length: choose longest-first or a larger maximum length." },
    );
  }
  return lengths.map((each, i) => (i === target ? each - excess : each));
}

function longestFirst(lengths: readonly number[], room: number): number[] {
  if (lengths.length === 1) return [room];
  const [first, second] = lengths as [number, number];
  const shorter = Math.min(first, second);
  const half = Math.floor(room / 2);
  const [kept, rest] = shorter * 2 <= room ? [shorter, room - shorter] : [half, room - half];
  return first > second ? [rest, kept] : [kept, rest];
}

/** The room that special tokens leave of the maximum length, which must be a sensible number. */
export function roomFor(maxLength: number, specialTokenCount: number): number {
  if (!Number.isSafeInteger(maxLength) || maxLength < specialTokenCount) {
    throw new OptionError(
      `maximum length: expected a whole number of at least ${specialTokenCount}, the special tokens, got ${maxLength}`,
      { hint: "Raise the maximum length." },
    );
  }
  return maxLength - specialTokenCount;
}

/**
 * The windows over a text of `length` tokens, `kept` of which fit: the first only, or with a stride all of
 * them.
 */
export function windowsOver(length: number, kept: number, options: EncodeWordsOptions): Window[] {
  const { stride, truncationSide = "right" } = options;
  const isRight = truncationSide === "right";
  if (kept >= length) return [{ start: 0, end: length }];
  if (stride === undefined)
    return [isRight ? { start: 0, end: kept } : { start: length - kept, end: length }];
  if (!Number.isSafeInteger(stride) || stride < 0 || stride >= kept) {
    throw new OptionError(
      `stride: expected a whole number below ${kept}, the tokens a window has room for, got ${stride}`,
      { hint: "Choose a smaller stride or a larger maximum length." },
    );
  }
  const windows: Window[] = [];
  for (let skipped = 0; ; skipped += kept - stride) {
    const near = Math.min(length, skipped + kept);
    windows.push(isRight ? { start: skipped, end: near } : { start: length - near, end: length - skipped });
    if (near === length) return windows;
  }
}

/**
 * Every combination of the texts' windows, in the order of the `tokenizers` library: the first windows
 * together, then the further windows of the first text with all of the second, then the first of the first
 * with the others.
 */
export function combineWindows(texts: readonly (readonly Window[])[]): Window[][] {
  let main: Window[] = [];
  let further: Window[][] = [];
  for (const windows of texts) {
    const combined = further.flatMap((each) => windows.map((window) => [...each, window]));
    for (const window of windows.slice(1)) combined.push([...main, window]);
    main = [...main, windows[0]!];
    further = combined;
  }
  return [main, ...further];
}
