import { hashBehind, type PrefixTrie } from "../models/prefix-trie.js";
import type { UnigramCorpus } from "./unigram-corpus.js";

/** What one pass over the corpus finds; good until the next one. */
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
  readonly #trie: PrefixTrie;
  readonly #reach: number;
  // All of these serve many words, and many passes.
  #weights = new Float64Array(0);
  #expected = new Float64Array(0);
  #forward = new Float64Array(0);
  #backward = new Float64Array(0);
  #forwardScales = new Int32Array(0);
  // Edges in the order of their starts: a piece from one position of the word to another.
  #ids = new Int32Array(1024);
  #from = new Int32Array(1024);
  #to = new Int32Array(1024);

  /** `trie` has the pieces at each time; `reach` is the length of the longest one, in units. */
  constructor(corpus: UnigramCorpus, trie: PrefixTrie, reach: number) {
    this.#corpus = corpus;
    this.#trie = trie;
    this.#reach = reach;
  }

  /** One pass with the pieces of the trie, whose probabilities are `exp(scores)`. */
  run(scores: Float64Array, unknownScore: number): Expectation {
    const { starts, counts } = this.#corpus;
    // The unknown piece has an id of its own behind all others.
    const size = scores.length + 1;
    if (this.#weights.length < size) {
      this.#weights = new Float64Array(size);
      this.#expected = new Float64Array(size);
    }
    const weights = this.#weights.subarray(0, size);
    const expected = this.#expected.subarray(0, size).fill(0);
    for (let id = 0; id < scores.length; id++) weights[id] = Math.exp(scores[id]!);
    weights[scores.length] = Math.exp(unknownScore);
    let logLikelihood = 0;
    for (let word = 0; word < counts.length; word++) {
      const length = starts[word + 1]! - 1 - starts[word]!;
      if (this.#forward.length <= length) this.#reserve(length);
      const edgeCount = this.#forwardPass(weights, starts[word]!, length);
      logLikelihood +=
        counts[word]! * this.#backwardPass(weights, edgeCount, length, counts[word]!, expected);
    }
    return { expected: expected.subarray(0, scores.length), logLikelihood };
  }

  #forwardPass(weights: Float64Array, start: number, length: number): number {
    const { text } = this.#corpus;
    const trie = this.#trie;
    const forward = this.#forward;
    const scales = this.#forwardScales;
    const unknown = weights.length - 1;
    let [ids, from, to] = [this.#ids, this.#from, this.#to];
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
      if (edges + this.#reach + 1 > ids.length) {
        this.#growEdges();
        [ids, from, to] = [this.#ids, this.#from, this.#to];
      }
      const weight = forward[at]!;
      const unit = text.charCodeAt(start + at);
      const isPair = (unit & 0xfc00) === 0xd800 && text.codePointAt(start + at)! > 0xffff;
      const next = at + (isPair ? 2 : 1);
      let hasSingle = false;
      let end = at + 1;
      let hash = hashBehind(0, unit);
      for (let slot = trie.first(unit); slot >= 0; end++) {
        const id = trie.idAt(slot);
        if (id >= 0) {
          forward[end]! += weight * weights[id]!;
          ids[edges] = id;
          from[edges] = at;
          to[edges++] = end;
          if (end === next) hasSingle = true;
        }
        if (end === length) break;
        const follower = text.charCodeAt(start + end);
        hash = hashBehind(hash, follower);
        slot = trie.next(slot, follower, hash);
      }
      if (!hasSingle) {
        forward[next]! += weight * weights[unknown]!;
        ids[edges] = unknown;
        from[edges] = at;
        to[edges++] = next;
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
