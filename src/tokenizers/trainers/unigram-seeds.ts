import { sharedLength, sortSuffixes } from "./suffix-order.js";
import type { UnigramCorpus } from "./unigram-corpus.js";

/** A piece and how much it is worth: how often it occurs times its length, or for a character its count. */
export type Seed = readonly [piece: string, worth: number];

/**
 * The first, large vocabulary: every character, and the strings that occur at least twice and are not always
 * followed by the same character or the end of a word, the `limit` most valuable ones of them.
 */
export function unigramSeeds(
  corpus: UnigramCorpus,
  isPiece: (piece: string) => boolean,
  maxPieceLength: number,
  limit: number,
): Seed[] {
  const { text } = corpus;
  const units = new Uint16Array(text.length + maxPieceLength + 2);
  const wordOf = new Int32Array(text.length);
  for (let word = 0, i = 0; i < text.length; i++) {
    units[i] = text.charCodeAt(i);
    wordOf[i] = word;
    if (units[i] === 0) word++;
  }
  const positions = wordPositions(units, text.length);
  const depth = maxPieceLength + 1;
  sortSuffixes(units, positions, depth);
  const seeds: [number, number, number][] = []; // start, length, worth
  const offer = (start: number, length: number, count: number): void => {
    if (length < 2 || count < 2) return;
    const piece = text.slice(start, start + length);
    if (!hasOnly(piece, corpus.characters) || !isPiece(piece)) return;
    const characters = [...piece].length;
    if (characters > 1) seeds.push([start, length, count * characters]);
  };
  const { counts, finalCounts } = corpus;
  const at: SuffixCounts = {
    count: (position) => counts[wordOf[position]!]!,
    final: (position) => finalCounts[wordOf[position]!]!,
  };
  forEachRepeat(units, positions, depth, at, offer);
  seeds.sort((a, b) => b[2] - a[2] || a[0] - b[0]);
  if (seeds.length > limit) seeds.length = limit;
  return [
    ...corpus.characters,
    ...seeds.map(([start, length, worth]): Seed => [text.slice(start, start + length), worth]),
  ];
}

/** All positions that begin a character. */
function wordPositions(units: Uint16Array, length: number): Int32Array {
  const positions = new Int32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    if (units[i] !== 0 && (units[i]! & 0xfc00) !== 0xdc00) positions[count++] = i;
  }
  return positions.slice(0, count);
}

function hasOnly(piece: string, characters: ReadonlyMap<string, number>): boolean {
  for (const character of piece) if (!characters.has(character)) return false;
  return true;
}

/** How often the word of a position occurs, and how often as the last of a sentence. */
interface SuffixCounts {
  count(position: number): number;
  final(position: number): number;
}

/** Suffixes that share `length` units from some place in the order on; sums of counts to the left of them. */
interface OpenInterval {
  readonly length: number;
  readonly before: number;
  readonly finalBefore: number;
}

/**
 * Visit the strings that are followed by at least two different characters, each once, with how often they
 * occur: the inner nodes of the suffix tree. As in SentencePiece the space behind a word is one such character
 * and the end of a sentence another; both are written as 0 here and sort first, so the last suffix tells where
 * nothing else follows.
 */
function forEachRepeat(
  units: Uint16Array,
  order: Int32Array,
  depth: number,
  counts: SuffixCounts,
  visit: (start: number, length: number, count: number) => void,
): void {
  const open: OpenInterval[] = [];
  let sum = 0;
  let finalSum = 0;
  const close = (last: number): OpenInterval => {
    const interval = open.pop()!;
    const final = finalSum - interval.finalBefore;
    const count = sum - interval.before;
    const branches = units[last + interval.length] !== 0 || (final > 0 && final < count);
    if (branches) visit(last, interval.length, count);
    return interval;
  };
  for (let i = 0; i < order.length; i++) {
    const position = order[i]!;
    const previous = order[i - 1] ?? position;
    const shared = i === 0 ? 0 : sharedLength(units, previous, position, depth);
    let closed: OpenInterval | undefined;
    while ((open.at(-1)?.length ?? 0) > shared) closed = close(previous);
    if (shared > (open.at(-1)?.length ?? 0)) {
      const before = closed?.before ?? sum - counts.count(previous);
      const finalBefore = closed?.finalBefore ?? finalSum - counts.final(previous);
      open.push({ length: shared, before, finalBefore });
    }
    // A suffix of one word alone branches where some of its occurrences end a sentence and some do not.
    const [count, final] = [counts.count(position), counts.final(position)];
    if (final > 0 && final < count) {
      const own = restLength(units, position, depth);
      const after = i + 1 < order.length ? sharedLength(units, position, order[i + 1]!, depth) : 0;
      if (own < depth && own > shared && own > after) visit(position, own, count);
    }
    sum += count;
    finalSum += final;
  }
  while (open.length > 0) close(order.at(-1)!);
}

function restLength(units: Uint16Array, position: number, limit: number): number {
  let length = 0;
  while (length < limit && units[position + length] !== 0) length++;
  return length;
}
