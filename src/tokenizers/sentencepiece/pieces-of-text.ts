import { type AlignedText, rawEnd, rawStart } from "../aligned-text.js";
import type { SentencePiece } from "./sentence-piece.js";

/** A piece as it is written, and where it stands in the raw text. */
export interface PlacedPiece {
  readonly piece: string;
  readonly start: number;
  readonly end: number;
}

/** The pieces of a text, or a part of one, that the model's own normaliser has yet to write; unknown ones as they stand. */
export function piecesOfText(source: AlignedText, pieces: SentencePiece): PlacedPiece[] {
  const found: PlacedPiece[] = [];
  visitPieces(source, pieces, (piece, normal, from, to) => {
    found.push({ piece, ...spanIn(normal, from, to) });
  });
  return found;
}

/** Visit the same pieces with the normalised text, where each reaches from `from` to `to`. */
export function visitPieces(
  source: AlignedText,
  pieces: SentencePiece,
  visit: (piece: string, normal: AlignedText, from: number, to: number) => void,
): void {
  const normal = pieces.normalizer.normalize(source);
  pieces.tokenize(normal.text, 0, normal.text.length, {
    push(id, from, to, spelling) {
      visit(spelling ?? pieces.table.pieces[id]!, normal, from, to);
    },
  });
}

/** Where in the raw text units `from` to `to` stand; what has no units ends where it starts. */
export function spanIn(source: AlignedText, from: number, to: number): { start: number; end: number } {
  if (from < to) return { start: rawStart(source, from), end: rawEnd(source, to - 1) };
  const start = from < source.text.length ? rawStart(source, from) : rawEnd(source, from - 1);
  return { start, end: start };
}
