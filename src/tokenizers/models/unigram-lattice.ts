import { unitsOf } from "../unicode-classes.js";
import { hashBehind } from "./prefix-trie.js";
import type { UnigramTable } from "./unigram-table.js";

/**
 * Every way to cut a text into pieces: a node for each place where a piece stands. Nodes are numbered in the
 * order in which they begin, shorter ones first. Positions count units from the start of the text.
 */
export interface UnigramLattice {
  /** How many units the text has. */
  readonly length: number;
  readonly nodeCount: number;
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly scores: Float64Array;
  /** The nodes that end at each position: `endingNodes` from `endingFrom[position]` to `endingFrom[position + 1]`. */
  readonly endingNodes: Int32Array;
  readonly endingFrom: Int32Array;
}

/** The lattice of `text` from `start` to `end`. */
export function unigramLattice(
  table: UnigramTable,
  text: string,
  start: number,
  end: number,
): UnigramLattice {
  const length = end - start;
  const ids: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const nodeScores: number[] = [];
  const { trie, scores, unknownId, unknownScore } = table;
  for (let from = 0; from < length; ) {
    const next = from + (from + 1 < length ? unitsOf(text.codePointAt(start + from)!) : 1);
    let hasSingle = false;
    let at = from + 1;
    const unit = text.charCodeAt(start + from);
    let hash = hashBehind(0, unit);
    for (let slot = trie.first(unit); slot >= 0; at++) {
      const id = trie.idAt(slot);
      if (id >= 0) {
        ids.push(id);
        nodeScores.push(scores[id]!);
        starts.push(from);
        ends.push(at);
        if (at === next) hasSingle = true;
      }
      if (at === length) break;
      const follower = text.charCodeAt(start + at);
      hash = hashBehind(hash, follower);
      slot = trie.next(slot, follower, hash);
    }
    if (!hasSingle) {
      ids.push(unknownId);
      nodeScores.push(unknownScore);
      starts.push(from);
      ends.push(next);
    }
    from = next;
  }
  const nodeCount = ids.length;
  const endingFrom = new Int32Array(length + 2);
  for (const at of ends) endingFrom[at + 1]!++;
  for (let at = 0; at <= length; at++) endingFrom[at + 1]! += endingFrom[at]!;
  const filled = endingFrom.slice();
  const endingNodes = new Int32Array(nodeCount);
  ends.forEach((at, node) => {
    endingNodes[filled[at]!++] = node;
  });
  return {
    length,
    nodeCount,
    ids: Int32Array.from(ids),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    scores: Float64Array.from(nodeScores),
    endingNodes,
    endingFrom,
  };
}

/**
 * For each position the log of the summed weight of all paths from the start of the text; a path weighs
 * `exp(inverseTemperature * score)`. The last one, at a temperature of 1, is the log likelihood of the text.
 */
export function forwardWeights(lattice: UnigramLattice, inverseTemperature: number): Float64Array {
  const { length, starts, scores, endingNodes, endingFrom } = lattice;
  const before = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
  before[0] = 0;
  for (let at = 1; at <= length; at++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = endingFrom[at]!; k < endingFrom[at + 1]!; k++) {
      const node = endingNodes[k]!;
      largest = Math.max(largest, before[starts[node]!]! + inverseTemperature * scores[node]!);
    }
    if (largest === Number.NEGATIVE_INFINITY) continue;
    let sum = 0;
    for (let k = endingFrom[at]!; k < endingFrom[at + 1]!; k++) {
      const node = endingNodes[k]!;
      sum += Math.exp(before[starts[node]!]! + inverseTemperature * scores[node]! - largest);
    }
    before[at] = largest + Math.log(sum);
  }
  return before;
}
