import { sharedLength, sortSuffixes } from "./suffix-order.js";
import type { UnigramCorpus } from "./unigram-corpus.js";

/** A piece and how much it is worth: how often it occurs times its length, or for a character its count. */
export type Seed = readonly [piece: string, worth: number];

/**
 * The first, large vocabulary: every character, and the strings that occur at least twice and are not always
 * followed by the same character, the `limit` most valuable ones of them.
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
  forEachRepeat(units, positions, depth, (i) => corpus.counts[wordOf[i]!]!, offer);
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

/**
 * Visit the strings that are followed by different characters, or the end of a word, each once, with how often
 * they occur. These are the inner nodes of the suffix tree and the ends of words.
 */
function forEachRepeat(
  units: Uint16Array,
  order: Int32Array,
  depth: number,
  countAt: (position: number) => number,
  visit: (start: number, length: number, count: number) => void,
): void {
  // Open intervals, each of suffixes that share `lengths` units; `before` is the sum of counts to its left.
  const lengths: number[] = [];
  const before: number[] = [];
  let sum = 0;
  for (let i = 0; i < order.length; i++) {
    const position = order[i]!;
    const sharedBefore = i === 0 ? 0 : sharedLength(units, order[i - 1]!, position, depth);
    const sharedAfter = i + 1 < order.length ? sharedLength(units, position, order[i + 1]!, depth) : 0;
    let left = sum;
    while (lengths.length > 0 && lengths.at(-1)! > sharedBefore) {
      left = before.pop()!;
      visit(order[i - 1]!, lengths.pop()!, sum - left);
    }
    if (sharedBefore > (lengths.at(-1) ?? 0)) {
      lengths.push(sharedBefore);
      before.push(left === sum ? sum - countAt(order[i - 1]!) : left);
    }
    let own = 0;
    while (own < depth && units[position + own] !== 0) own++;
    if (own < depth && own > sharedBefore && own > sharedAfter) visit(position, own, countAt(position));
    sum += countAt(position);
  }
  while (lengths.length > 0) visit(order.at(-1)!, lengths.pop()!, sum - before.pop()!);
}
