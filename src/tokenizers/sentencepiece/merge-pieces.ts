import type { Random } from "../../base/index.js";
import type { Trie } from "../trie.js";
import { symbolEnd } from "./character-pieces.js";
import type { PieceTable } from "./piece-table.js";
import type { PieceList, PieceSegmenter } from "./segmenter.js";

/** How a merge model cuts text at random. */
export interface MergeDropout {
  /** Each merge is left out with this probability (BPE dropout, https://arxiv.org/abs/1910.13267). */
  readonly probability: number;
  readonly random: Random;
}

/** A segmenter that can leave out merges. */
export interface MergeSegmenter extends PieceSegmenter {
  segment(text: string, start: number, end: number, out: PieceList, dropout?: MergeDropout): void;
}

/**
 * The BPE model of SentencePiece: from characters on, merge the two neighbours whose joined piece has the
 * highest score, the leftmost of equals. Unused pieces are merged through, and cut again at the end.
 */
export function mergePieces(table: PieceTable, symbols: Trie): MergeSegmenter {
  const { scores, types, isText, pieces } = table;
  const ids = new Map<string, number>();
  pieces.forEach((piece, id) => {
    if (isText[id]) ids.set(piece, id);
  });
  return {
    segment(text, start, end, out, dropout) {
      // Symbols in a doubly linked list: where each begins and ends, and its neighbours (-1: none).
      const starts: number[] = [];
      const ends: number[] = [];
      const frozen: boolean[] = [];
      for (let at = start; at < end; ) {
        frozen.push(symbols.longest(text, at, end, 0) >= 0);
        starts.push(at);
        at = symbolEnd(symbols, text, at, end);
        ends.push(at);
      }
      const count = starts.length;
      const previous = Int32Array.from({ length: count }, (_, i) => i - 1);
      const next = Int32Array.from({ length: count }, (_, i) => (i + 1 < count ? i + 1 : -1));
      const unusedParts = new Map<string, number>();
      const agenda = new MergeAgenda();
      const consider = (left: number, right: number): void => {
        if (left < 0 || right < 0 || frozen[left] || frozen[right]) return;
        const piece = text.slice(starts[left], ends[right]);
        const id = ids.get(piece);
        if (id === undefined) return;
        agenda.push({ left, right, score: scores[id]!, end: ends[right]!, leftEnd: ends[left]! });
        if (types[id] === "unused") unusedParts.set(piece, ends[left]! - starts[left]!);
      };
      for (let i = 1; i < count; i++) consider(i - 1, i);
      for (let top = agenda.pop(); top !== undefined; top = agenda.pop()) {
        const { left, right } = top;
        // Either has been merged away, or grown, since the pair was seen.
        if (ends[left] !== top.leftEnd || starts[right] !== top.leftEnd || ends[right] !== top.end) continue;
        if (dropout !== undefined && dropout.random.uniform() < dropout.probability) continue;
        ends[left] = top.end;
        starts[right] = -1;
        ends[right] = -1;
        next[left] = next[right]!;
        if (next[left]! >= 0) previous[next[left]!] = left;
        consider(previous[left]!, left);
        consider(left, next[left]!);
      }
      const write = (from: number, to: number): void => {
        const piece = text.slice(from, to);
        const id = table.idOf(piece);
        const leftLength = types[id] === "unused" ? unusedParts.get(piece) : undefined;
        if (leftLength === undefined) {
          out.push(id, to);
          return;
        }
        write(from, from + leftLength);
        write(from + leftLength, to);
      };
      for (let i = count === 0 ? -1 : 0; i >= 0; i = next[i]!) write(starts[i]!, ends[i]!);
    },
  };
}

/** Two neighbours that could become one. */
interface Merge {
  readonly left: number;
  readonly right: number;
  readonly score: number;
  readonly leftEnd: number;
  readonly end: number;
}

/** A binary heap: the highest score first, then the leftmost. */
class MergeAgenda {
  readonly #heap: Merge[] = [];

  push(merge: Merge): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(merge);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!isBefore(merge, heap[parent]!)) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = merge;
  }

  pop(): Merge | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = last;
    return top;
  }
}

function isBefore(one: Merge, other: Merge): boolean {
  return one.score > other.score || (one.score === other.score && one.left < other.left);
}
