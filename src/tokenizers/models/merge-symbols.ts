import type { Random } from "../../base/index.js";
import { RankHeap } from "./merge-heap.js";
import type { MergeTable } from "./merge-table.js";
import type { Symbols } from "./symbols.js";

/** Up to so many symbols, looking through all pairs for the best is faster than keeping them in order. */
const shortLimit = 24;

/** Merge the symbols of a word, of all pairs the one of lowest rank first, the leftmost of several. */
export function mergeSymbols(symbols: Symbols, merges: MergeTable): void {
  if (symbols.length < 2) return;
  if (symbols.length <= shortLimit) mergeShort(symbols, merges);
  else mergeLong(symbols, merges, undefined);
}

/**
 * BPE-dropout (Provilkov et al., 2020): at each step every pair is left out of the choice with probability
 * `dropout`.
 */
export function mergeWithDropout(
  symbols: Symbols,
  merges: MergeTable,
  dropout: number,
  random: Random,
): void {
  mergeLong(symbols, merges, () => random.uniform() < dropout);
}

const noRank = 0x7fffffff;
/** The rank of the pair that each symbol makes with the next. */
const ranks = new Int32Array(shortLimit);

function mergeShort(symbols: Symbols, merges: MergeTable): void {
  const { ids, starts, ends } = symbols;
  let last = symbols.length - 1;
  let best = noRank;
  let at = 0;
  const rankOf = (i: number): number => {
    const rank = merges.rank(ids[i]!, ids[i + 1]!);
    return rank < 0 ? noRank : rank;
  };
  for (let i = 0; i < last; i++) {
    const rank = rankOf(i);
    ranks[i] = rank;
    if (rank < best) [best, at] = [rank, i];
  }
  while (best !== noRank) {
    ids[at] = merges.results[best]!;
    ends[at] = ends[at + 1]!;
    for (let i = at + 1; i < last; i++) {
      ids[i] = ids[i + 1]!;
      starts[i] = starts[i + 1]!;
      ends[i] = ends[i + 1]!;
      ranks[i] = ranks[i + 1]!;
    }
    last--;
    if (at > 0) ranks[at - 1] = rankOf(at - 1);
    if (at < last) ranks[at] = rankOf(at);
    best = noRank;
    for (let i = 0; i < last; i++) {
      if (ranks[i]! < best) [best, at] = [ranks[i]!, i];
    }
  }
  symbols.length = last + 1;
}

/** The neighbours of each symbol, and the rank of its pair with the next; reused from word to word. */
type Links = [Int32Array, Int32Array, Int32Array];
let [next, previous, pairRanks]: Links = [new Int32Array(0), new Int32Array(0), new Int32Array(0)];
const heap = new RankHeap(256);

function mergeLong(symbols: Symbols, merges: MergeTable, isDropped: (() => boolean) | undefined): void {
  const { ids, ends, length } = symbols;
  if (next.length < length)
    [next, previous, pairRanks] = [0, 1, 2].map(() => new Int32Array(length * 2)) as Links;
  for (let i = 0; i < length; i++) {
    next[i] = i + 1;
    previous[i] = i - 1;
  }
  heap.size = 0;
  const offer = (i: number): void => {
    const rank = next[i]! < length ? merges.rank(ids[i]!, ids[next[i]!]!) : -1;
    pairRanks[i] = rank;
    if (rank >= 0) heap.push(rank, i);
  };
  for (let i = 0; i < length; i++) offer(i);
  const dropped: [rank: number, at: number][] = [];
  while (heap.size > 0) {
    heap.pop();
    const { rank, at } = heap;
    if (isDropped?.()) {
      dropped.push([rank, at]);
      continue;
    }
    for (const [droppedRank, droppedAt] of dropped) heap.push(droppedRank, droppedAt);
    dropped.length = 0;
    if (pairRanks[at] !== rank) continue; // the pair is no more
    const right = next[at]!;
    ids[at] = merges.results[rank]!;
    ends[at] = ends[right]!;
    next[at] = next[right]!;
    pairRanks[right] = -1;
    if (next[at]! < length) previous[next[at]!] = at;
    offer(at);
    if (previous[at]! >= 0) offer(previous[at]!);
  }
  let kept = 0;
  for (let i = 0; i < length; i = next[i]!) symbols.move(i, kept++);
  symbols.length = kept;
}
