import type { PlacedWords } from "../models/prefix-trie.js";

/**
 * Pieces with their log probabilities; an id is a place in the columns, of which the first `count` are in use. A piece
 * is known by its place in a text: a million strings would take more memory than all else.
 */
export class PieceTable implements PlacedWords {
  readonly text: string;
  readonly starts: Int32Array;
  /** In UTF-16 units. */
  readonly lengths: Int32Array;
  readonly scores: Float64Array;
  #count: number;

  constructor(text: string, count: number) {
    this.text = text;
    this.#count = count;
    this.starts = new Int32Array(count);
    this.lengths = new Int32Array(count);
    this.scores = new Float64Array(count);
  }

  get count(): number {
    return this.#count;
  }

  /** The piece as a string. */
  piece(id: number): string {
    return this.text.slice(this.starts[id]!, this.starts[id]! + this.lengths[id]!);
  }

  /** Whether a piece is one character. */
  isCharacter(id: number): boolean {
    const length = this.lengths[id]!;
    return length === 1 || (length === 2 && this.text.codePointAt(this.starts[id]!)! > 0xffff);
  }

  /** Leave out the others: those that are kept move up. */
  keep(isKept: (id: number) => boolean): void {
    const { starts, lengths, scores } = this;
    let to = 0;
    for (let id = 0; id < this.#count; id++) {
      if (!isKept(id)) continue;
      starts[to] = starts[id]!;
      lengths[to] = lengths[id]!;
      scores[to++] = scores[id]!;
    }
    this.#count = to;
  }

  /** The score of the least likely piece; 0 if there is none. */
  get leastScore(): number {
    let least = 0;
    for (let id = 0; id < this.#count; id++) least = Math.min(least, this.scores[id]!);
    return least;
  }
}
