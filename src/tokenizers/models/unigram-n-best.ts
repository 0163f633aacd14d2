import type { UnigramLattice } from "./unigram-lattice.js";

/** One way to cut a text: node numbers of its lattice, first to last, and the sum of their scores. */
export interface UnigramPath {
  readonly nodes: readonly number[];
  readonly score: number;
}

/** A path from some node to the end of the text. */
interface Hypothesis {
  /** The node at its left end; -1 for the start of the text. */
  readonly node: number;
  readonly next: Hypothesis | undefined;
  /** The score of the path, and that of the best whole path with it. */
  readonly score: number;
  readonly estimate: number;
}

/** More hypotheses than this are cut down to the best ones, as SentencePiece does. */
const agendaLimit = 10_000;
const agendaKept = 512;

/**
 * The `count` likeliest paths, best first, by A* from the end of the text: what is left to do is known exactly
 * from a first pass. Sums are rounded to 32 bits where `single` says so, and ties fall as in SentencePiece.
 */
export function unigramNBest(lattice: UnigramLattice, count: number, single: boolean): UnigramPath[] {
  const round = single ? Math.fround : (x: number): number => x;
  const { length, starts, scores, endingNodes, endingFrom } = lattice;
  if (length === 0) return count > 0 ? [{ nodes: [], score: 0 }] : [];
  const { nodeScores, total } = bestScores(lattice, round);
  const agenda = new Agenda();
  agenda.push({ node: lattice.nodeCount, next: undefined, score: 0, estimate: total });
  const paths: UnigramPath[] = [];
  for (;;) {
    const top = agenda.pop();
    if (top === undefined) return paths;
    if (top.node === -1) {
      const nodes: number[] = [];
      for (let one = top.next!; one.next !== undefined; one = one.next) nodes.push(one.node);
      paths.push({ nodes, score: top.estimate });
      if (paths.length === count) return paths;
      continue;
    }
    const at = top.node === lattice.nodeCount ? length : starts[top.node]!;
    if (at === 0) {
      agenda.push({ node: -1, next: top, score: top.score, estimate: top.score });
    }
    for (let k = endingFrom[at]!; k < endingFrom[at + 1]!; k++) {
      const node = endingNodes[k]!;
      agenda.push({
        node,
        next: top,
        score: round(scores[node]! + top.score),
        estimate: round(nodeScores[node]! + top.score),
      });
    }
    if (agenda.size >= agendaLimit) agenda.keep(Math.min(agendaKept, count * 10));
  }
}

/** The score of the best path up to and with each node, and that of the best path of all. */
function bestScores(
  lattice: UnigramLattice,
  round: (x: number) => number,
): { nodeScores: Float64Array; total: number } {
  const { length, nodeCount, starts, scores, endingNodes, endingFrom } = lattice;
  const nodeScores = new Float64Array(nodeCount);
  const bestTo = (at: number, own: number): number => {
    if (at === 0) return round(own);
    let best = Number.NEGATIVE_INFINITY;
    for (let k = endingFrom[at]!; k < endingFrom[at + 1]!; k++) {
      best = Math.max(best, round(nodeScores[endingNodes[k]!]! + own));
    }
    return best;
  };
  // Nodes are in the order of their starts, so all that end where one begins come before it.
  for (let node = 0; node < nodeCount; node++) nodeScores[node] = bestTo(starts[node]!, scores[node]!);
  return { nodeScores, total: bestTo(length, 0) };
}

/** A binary heap that moves its elements exactly as `std::priority_queue` of libstdc++, for the order of ties. */
class Agenda {
  #heap: Hypothesis[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(value: Hypothesis): void {
    this.#heap.push(value);
    this.#rise(this.#heap.length - 1, value);
  }

  pop(): Hypothesis | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const value = heap.pop();
    const length = heap.length;
    if (value === undefined || length === 0) return top;
    let hole = 0;
    let child = 0;
    while (child < (length - 1) >> 1) {
      child = 2 * (child + 1);
      if (heap[child]!.estimate < heap[child - 1]!.estimate) child--;
      heap[hole] = heap[child]!;
      hole = child;
    }
    if ((length & 1) === 0 && child === (length - 2) >> 1) {
      child = 2 * child + 1;
      heap[hole] = heap[child]!;
      hole = child;
    }
    this.#rise(hole, value);
    return top;
  }

  /** Drop all but the best. */
  keep(count: number): void {
    const best = Array.from({ length: count }, () => this.pop()!);
    this.#heap = [];
    for (const value of best) this.push(value);
  }

  #rise(from: number, value: Hypothesis): void {
    const heap = this.#heap;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (heap[parent]!.estimate >= value.estimate) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = value;
  }
}
