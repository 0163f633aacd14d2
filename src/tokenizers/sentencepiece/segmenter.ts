/** Cuts normalised text into pieces: what differs between unigram, BPE, character and word models. */
export interface PieceSegmenter {
  /** Write the id and the end of each piece of `text` from `start` to `end`, first to last. */
  segment(text: string, start: number, end: number, out: PieceList): void;
}

/** Pieces with where each ends in the text. */
export class PieceList {
  readonly ids: number[] = [];
  readonly ends: number[] = [];

  push(id: number, end: number): void {
    this.ids.push(id);
    this.ends.push(end);
  }
}
