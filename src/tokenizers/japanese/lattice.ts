import type { Lexicon } from "./lexicon.js";
import type { Segmentation } from "./segmentation.js";
import { WordFinder } from "./word-finder.js";

/**
 * Finds the cheapest way through all words that a text may consist of, as MeCab does
 * (https://taku910.github.io/mecab/, tokenizer.cpp and viterbi.cpp): the cost of a way is that of its words
 * and that of each word after the one before. Of ways that cost the same, the one is taken that MeCab comes
 * to first; the order of all lists below is therefore MeCab's.
 *
 * A node is a word at a place. Nodes that end at one place are a linked list, the last one first.
 */
export class Lattice {
  readonly #lexicon: Lexicon;
  readonly #finder: WordFinder;
  readonly #nodesPerWindow: number;
  #nodeCount = 0;
  #entries = new Int32Array(1 << 12);
  #starts = new Int32Array(1 << 12);
  #ends = new Int32Array(1 << 12);
  /** The best node before each. */
  #previous = new Int32Array(1 << 12);
  /** The next in the list of nodes that end at the same place, or -1. */
  #next = new Int32Array(1 << 12);
  #connections = new Uint16Array(1 << 12);
  /** The cost of the best way to the end of each node. */
  #costs = new Float64Array(1 << 12);
  /** The first node that ends at each place, or -1. */
  #lastEnding = new Int32Array(1 << 10);

  /** The nodes that end at the place in hand, without those that another of the same connection beats. */
  #leftCount = 0;
  #leftNodes = new Int32Array(1 << 10);
  #leftConnections = new Int32Array(1 << 10);
  #leftCosts = new Float64Array(1 << 10);

  /** For each connection, when it was last looked at from the left and from the right, and what was found. */
  #round = 0;
  readonly #leftRounds: Int32Array;
  readonly #leftBest: Float64Array;
  readonly #rightRounds: Int32Array;
  readonly #rightBest: Float64Array;
  readonly #rightPrevious: Int32Array;

  /** After `nodesPerWindow` nodes the lattice writes out what is decided, and begins anew behind it. */
  constructor(lexicon: Lexicon, nodesPerWindow: number = 1 << 16) {
    this.#lexicon = lexicon;
    this.#nodesPerWindow = nodesPerWindow;
    this.#finder = new WordFinder(lexicon);
    this.#leftRounds = new Int32Array(lexicon.connectionCount);
    this.#leftBest = new Float64Array(lexicon.connectionCount);
    this.#rightRounds = new Int32Array(lexicon.connectionCount);
    this.#rightBest = new Float64Array(lexicon.connectionCount);
    this.#rightPrevious = new Int32Array(lexicon.connectionCount);
  }

  /** Add the words of `text` from `start` to `end` to `out`. */
  segment(text: string, start: number, end: number, out: Segmentation): void {
    const { kindsOf, spaceKind } = this.#lexicon;
    let base = start;
    this.#begin(base, end, 0);
    let limit = this.#nodesPerWindow;
    let last = start;
    for (let at = start; at < end; at++) {
      if (this.#lastEnding[at - base] === -1) continue;
      last = at;
      if (this.#nodeCount > limit) {
        const decided = this.#commonAncestor(at);
        limit = decided === 0 ? limit * 2 : this.#nodesPerWindow;
        if (decided !== 0) {
          this.#write(decided, out);
          at = this.#ends[decided]!;
          base = at;
          last = at;
          this.#begin(base, end, this.#connections[decided]!);
        }
      }
      let from = at;
      while (from < end && (kindsOf[text.charCodeAt(from)]! & spaceKind) !== 0) from++;
      if (from === end) break; // what is left is white space
      this.#finder.find(text, from, end);
      this.#connect(at - base, from, base);
    }
    if (this.#lastEnding[end - base] !== -1) last = end;
    this.#collectLeft(last - base);
    this.#write(this.#bestBefore(0), out);
  }

  #begin(base: number, end: number, connection: number): void {
    const length = end - base + 1;
    if (this.#lastEnding.length < length) this.#lastEnding = new Int32Array(length * 2);
    this.#lastEnding.fill(-1, 0, length);
    this.#lastEnding[0] = 0;
    this.#nodeCount = 1;
    this.#next[0] = -1;
    this.#ends[0] = base;
    this.#connections[0] = connection;
    this.#costs[0] = 0;
  }

  /** Make nodes of the words found, which begin at `start` and follow the nodes that end at `place`. */
  #connect(place: number, start: number, base: number): void {
    const { connections, costs } = this.#lexicon;
    const { count, entries, ends } = this.#finder;
    this.#collectLeft(place);
    while (this.#nodeCount + count > this.#entries.length) this.#grow();
    const round = this.#round;
    const rightRounds = this.#rightRounds;
    const lastEnding = this.#lastEnding;
    let node = this.#nodeCount;
    // The last one goes first into the list of its end, so that there it comes last.
    for (let i = count - 1; i >= 0; i--, node++) {
      const entry = entries[i]!;
      const end = ends[i]!;
      const connection = connections[entry]!;
      if (rightRounds[connection] !== round) this.#bestBefore(connection);
      this.#entries[node] = entry;
      this.#starts[node] = start;
      this.#ends[node] = end;
      this.#connections[node] = connection;
      this.#previous[node] = this.#rightPrevious[connection]!;
      this.#costs[node] = this.#rightBest[connection]! + costs[entry]!;
      this.#next[node] = lastEnding[end - base]!;
      lastEnding[end - base] = node;
    }
    this.#nodeCount = node;
  }

  /** List the nodes that end at `place`, leaving out what cannot be part of the best way. */
  #collectLeft(place: number): void {
    const round = ++this.#round;
    this.#leftCount = 0;
    for (let node = this.#lastEnding[place]!; node !== -1; node = this.#next[node]!) {
      const connection = this.#connections[node]!;
      const cost = this.#costs[node]!;
      if (this.#leftRounds[connection] === round && this.#leftBest[connection]! <= cost) continue;
      this.#leftRounds[connection] = round;
      this.#leftBest[connection] = cost;
      if (this.#leftCount === this.#leftNodes.length) {
        this.#leftNodes = withRoom(Int32Array, this.#leftNodes);
        this.#leftConnections = withRoom(Int32Array, this.#leftConnections);
        this.#leftCosts = withRoom(Float64Array, this.#leftCosts);
      }
      this.#leftNodes[this.#leftCount] = node;
      this.#leftConnections[this.#leftCount] = connection;
      this.#leftCosts[this.#leftCount++] = cost;
    }
  }

  /** The node of the list after which a word of this connection is cheapest; of equal ones the first. */
  #bestBefore(connection: number): number {
    const { connectionCosts, connectionCount } = this.#lexicon;
    const row = connection * connectionCount;
    const leftCount = this.#leftCount;
    const leftCosts = this.#leftCosts;
    const leftConnections = this.#leftConnections;
    let best = Number.POSITIVE_INFINITY;
    let bestIndex = 0;
    for (let i = 0; i < leftCount; i++) {
      const cost = leftCosts[i]! + connectionCosts[row + leftConnections[i]!]!;
      if (cost < best) {
        best = cost;
        bestIndex = i;
      }
    }
    const bestNode = this.#leftNodes[bestIndex]!;
    this.#rightRounds[connection] = this.#round;
    this.#rightBest[connection] = best;
    this.#rightPrevious[connection] = bestNode;
    return bestNode;
  }

  /**
   * The last node through which the best ways to all places in hand go, or 0, the beginning: whatever follows
   * in the text, the words up to it are decided.
   */
  #commonAncestor(at: number): number {
    const isOnWay = new Uint8Array(this.#nodeCount);
    let wayCount = 0;
    for (let node = 0; node < this.#nodeCount; node++) {
      if (this.#ends[node]! < at) continue;
      isOnWay[node] = 1;
      wayCount++;
    }
    let node = this.#nodeCount - 1;
    for (; wayCount > 1 || isOnWay[node] === 0; node--) {
      if (isOnWay[node] === 0) continue;
      const previous = this.#previous[node]!;
      if (isOnWay[previous] === 1) wayCount--;
      isOnWay[previous] = 1;
    }
    return node;
  }

  /** Add the words of the best way to a node. */
  #write(node: number, out: Segmentation): void {
    let count = 0;
    for (let each = node; each !== 0; each = this.#previous[each]!) count++;
    let index = out.extend(count) + count;
    for (let each = node; each !== 0; each = this.#previous[each]!) {
      index--;
      out.starts[index] = this.#starts[each]!;
      out.ends[index] = this.#ends[each]!;
      out.entries[index] = this.#entries[each]!;
    }
  }

  #grow(): void {
    this.#entries = withRoom(Int32Array, this.#entries);
    this.#starts = withRoom(Int32Array, this.#starts);
    this.#ends = withRoom(Int32Array, this.#ends);
    this.#previous = withRoom(Int32Array, this.#previous);
    this.#next = withRoom(Int32Array, this.#next);
    this.#connections = withRoom(Uint16Array, this.#connections);
    this.#costs = withRoom(Float64Array, this.#costs);
  }
}

/** A copy with twice the room. */
function withRoom<Numbers extends { readonly length: number; set(from: Numbers): void }>(
  kind: new (length: number) => Numbers,
  array: Numbers,
): Numbers {
  const larger = new kind(array.length * 2);
  larger.set(array);
  return larger;
}
