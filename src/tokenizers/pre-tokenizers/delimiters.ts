import { unitsOf } from "../unicode-classes.js";
import type { Pieces } from "./pre-tokenizer.js";

/** What becomes of a delimiter where a text is cut at it, by the names tokenizer.json uses. */
export type DelimiterBehavior =
  | "Removed"
  | "Isolated"
  | "MergedWithPrevious"
  | "MergedWithNext"
  | "Contiguous";

/** Every behaviour there is. */
export const delimiterBehaviors: readonly DelimiterBehavior[] = [
  "Removed",
  "Isolated",
  "MergedWithPrevious",
  "MergedWithNext",
  "Contiguous",
];

/** A stretch of a piece that is a delimiter or lies between two. */
interface Stretch {
  start: number;
  end: number;
  readonly isDelimiter: boolean;
}

/**
 * Finds the delimiters in `text` from `start` to `end`: start and end of each, one pair after the other, in
 * order.
 */
export type FindDelimiters = (text: string, start: number, end: number) => number[];

/**
 * Cut every piece at its delimiters. With `-` as delimiter, `the-final--cut` becomes
 *
 * - Removed: `the`, `final`, `cut`
 * - Isolated: `the`, `-`, `final`, `-`, `-`, `cut`
 * - MergedWithPrevious: `the-`, `final-`, `-`, `cut`
 * - MergedWithNext: `the`, `-final`, `-`, `-cut`
 * - Contiguous: `the`, `-`, `final`, `--`, `cut`
 *
 * With `invert` what lies between the delimiters is taken for delimiters, and they for what lies between.
 */
export function cutAtDelimiters(
  pieces: Pieces,
  find: FindDelimiters,
  behavior: DelimiterBehavior,
  invert = false,
): Pieces {
  const { source, bounds } = pieces;
  const cut: number[] = [];
  for (let k = 0; k < bounds.length; k += 2) {
    const start = bounds[k]!;
    const end = bounds[k + 1]!;
    for (const stretch of merge(stretches(find(source.text, start, end), start, end, invert), behavior)) {
      if (stretch.end > stretch.start) cut.push(stretch.start, stretch.end);
    }
  }
  return { source, bounds: cut };
}

/** Every character that passes `isDelimiter` is a delimiter by itself. */
export function findCharacters(isDelimiter: (codePoint: number) => boolean): FindDelimiters {
  return (text, start, end) => {
    const found: number[] = [];
    for (let i = start; i < end; ) {
      const codePoint = text.codePointAt(i)!;
      const next = i + unitsOf(codePoint);
      if (isDelimiter(codePoint)) found.push(i, next);
      i = next;
    }
    return found;
  };
}

function stretches(found: readonly number[], start: number, end: number, invert: boolean): Stretch[] {
  const all: Stretch[] = [];
  let at = start;
  for (let k = 0; k < found.length; k += 2) {
    if (found[k]! > at) all.push({ start: at, end: found[k]!, isDelimiter: invert });
    at = found[k + 1]!;
    all.push({ start: found[k]!, end: at, isDelimiter: !invert });
  }
  if (end > at) all.push({ start: at, end, isDelimiter: invert });
  return all;
}

function merge(all: readonly Stretch[], behavior: DelimiterBehavior): Stretch[] {
  if (behavior === "Removed") return all.filter((stretch) => !stretch.isDelimiter);
  if (behavior === "Isolated") return [...all];
  const merged: Stretch[] = [];
  all.forEach((stretch, i) => {
    const previous = all[i - 1];
    const last = merged.at(-1);
    const joins =
      previous !== undefined &&
      (behavior === "Contiguous"
        ? stretch.isDelimiter === previous.isDelimiter
        : behavior === "MergedWithPrevious"
          ? stretch.isDelimiter && !previous.isDelimiter
          : !stretch.isDelimiter && previous.isDelimiter);
    if (joins && last !== undefined) last.end = stretch.end;
    else merged.push({ ...stretch });
  });
  return merged;
}
