import type { PrefixTrie } from "../models/prefix-trie.js";
import { unitsOf } from "../unicode-classes.js";
import type { UnigramCorpus } from "./unigram-corpus.js";

/** What one pass over the corpus finds. */
export interface Expectation {
  /** How often each piece is expected to occur. */
  readonly expected: Float64Array;
  /** The log likelihood of the corpus. */
  readonly logLikelihood: number;
}

/** Weights are scaled by this power of two before they would vanish. */
const scale = 2 ** 512;

/**
 * The expected count of every piece, summed over all ways to cut each word (forward-backward). Weights are
 * kept as plain numbers, one multiplication a piece, and scaled up together where a long word makes them small.
 */
export class ExpectationPass {
  readonly #corpus: UnigramCorpus;
  readonly #reach: number;
  #forward = new Float64Array(0);
  #backward = new Float64Array(0);
  #forwardScales = new Int32Array(0);
  // Edges in the order of their starts: a piece from one position of the word to another.
  #ids = new Int32Array(1024);
  #from = new Int32Array(1024);
  #to = new Int32Array(1024);

  /** `reach` is the length of the longest piece, in units. */
  constructor(corpus: UnigramCorpus, reach: number) {
    this.#corpus = corpus;
    this.#reach = reach;
  }

  /** One pass with the pieces of `trie`, whose probabilities are `exp(scores)`. */
  run(trie: PrefixTrie, scores: Float64Array, unknownScore: number): Expectation {
    const { starts, counts } = this.#corpus;
    // The unknown piece has an id of its own behind all others.
    const weights = new Float64Array(scores.length + 1);
    for (let id = 0; id < scores.length; id++) weights[id] = Math.exp(scores[id]!);
    weights[scores.length] = Math.exp(unknownScore);
    const expected = new Float64Array(scores.length + 1);
    let logLikelihood = 0;
    for (let word = 0; word < counts.length; word++) {
      const length = starts[word + 1]! - 1 - starts[word]!;
      if (this.#forward.length <= length) this.#reserve(length);
      const edgeCount = this.#forwardPass(trie, weights, starts[word]!, length);
      logLikelihood +=
        counts[word]! * this.#backwardPass(weights, edgeCount, length, counts[word]!, expected);
    }
    return { expected: expected.subarray(0, scores.length), logLikelihood };
  }

  #forwardPass(trie: PrefixTrie, weights: Float64Array, start: number, length: number): number {
    const { text } = this.#corpus;
    const forward = this.#forward;
    const scales = this.#forwardScales;
    const unknown = weights.length - 1;
    forward.fill(0, 0, length + 1);
    forward[0] = 1;
    let scaled = 0;
    let edges = 0;
    for (let at = 0; at < length; ) {
      if (forward[at]! < 1 / scale) {
        const last = Math.min(length, at + this.#reach);
        for (let k = at; k <= last; k++) forward[k]! *= scale;
        scaled++;
      }
      scales[at] = scaled;
      if (edges + 64 > this.#ids.length) this.#growEdges();
      const weight = forward[at]!;
      const next = at + unitsOf(text.codePointAt(start + at)!);
      let hasSingle = false;
      let end = at + 1;
      for (let slot = trie.first(text.charCodeAt(start + at)); slot >= 0; end++) {
        const id = trie.idAt(slot);
        if (id >= 0) {
          forward[end]! += weight * weights[id]!;
          this.#ids[edges] = id;
          this.#from[edges] = at;
          this.#to[edges++] = end;
          if (end === next) hasSingle = true;
        }
        if (end === length) break;
        slot = trie.next(slot, text.charCodeAt(start + end));
      }
      if (!hasSingle) {
        forward[next]! += weight * weights[unknown]!;
        this.#ids[edges] = unknown;
        this.#from[edges] = at;
        this.#to[edges++] = next;
      }
      at = next;
    }
    scales[length] = scaled;
    return edges;
  }

  /** Adds to `expected`; returns the log likelihood of the word. */
  #backwardPass(
    weights: Float64Array,
    edgeCount: number,
    length: number,
    count: number,
    expected: Float64Array,
  ): number {
    const forward = this.#forward;
    const backward = this.#backward;
    const scales = this.#forwardScales;
    const ids = this.#ids;
    const from = this.#from;
    const to = this.#to;
    const total = forward[length]!;
    const totalScale = scales[length]!;
    const share = count / total;
    backward.fill(0, 0, length + 1);
    backward[length] = 1;
    let scaled = 0;
    for (let edge = edgeCount - 1; edge >= 0; ) {
      const at = from[edge]!;
      let sum = 0;
      for (; edge >= 0 && from[edge] === at; edge--) {
        const passed = weights[ids[edge]!]! * backward[to[edge]!]!;
        sum += passed;
        const excess = scales[at]! + scaled - totalScale;
        let before = forward[at]!;
        let after = passed;
        if (excess !== 0) {
          // Half of it to each side, as the whole of it may be more than a number holds.
          before *= scale ** Math.ceil(-excess / 2);
          after *= scale ** Math.floor(-excess / 2);
        }
        expected[ids[edge]!]! += before * after * share;
      }
      backward[at] = sum;
      if (sum < 1 / scale) {
        const last = Math.min(length, at + this.#reach);
        for (let k = at; k <= last; k++) backward[k]! *= scale;
        scaled++;
      }
    }
    return Math.log(total) - totalScale * Math.log(scale);
  }

  #reserve(length: number): void {
    const size = Math.max(256, (length + 1) * 2);
    this.#forward = new Float64Array(size);
    this.#backward = new Float64Array(size);
    this.#forwardScales = new Int32Array(size);
  }

  #growEdges(): void {
    const enlarged = (array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(array.length * 2);
      larger.set(array);
      return larger;
    };
    this.#ids = enlarged(this.#ids);
    this.#from = enlarged(this.#from);
    this.#to = enlarged(this.#to);
  }
}
