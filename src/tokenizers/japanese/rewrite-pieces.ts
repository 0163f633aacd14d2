import { type AlignedText, rawEnd, rawStart, sliceText } from "../aligned-text.js";
import type { Pieces } from "../pre-tokenizers/pre-tokenizer.js";

/** Change each piece for itself, without regard to what stands beside it. Pieces that become empty are left out. */
export function rewritePieces(pieces: Pieces, change: (piece: AlignedText) => AlignedText): Pieces {
  const { source, bounds } = pieces;
  const changed: AlignedText[] = [];
  let length = 0;
  let isSame = true;
  for (let k = 0; k < bounds.length; k += 2) {
    const piece = sliceText(source, bounds[k]!, bounds[k + 1]!);
    const result = change(piece);
    isSame &&= result === piece;
    length += result.text.length;
    changed.push(result);
  }
  if (isSame) return pieces;
  const starts = new Int32Array(length);
  const ends = new Int32Array(length);
  const cut: number[] = [];
  let at = 0;
  for (const piece of changed) {
    if (piece.text === "") continue;
    cut.push(at, at + piece.text.length);
    for (let i = 0; i < piece.text.length; i++, at++) {
      starts[at] = rawStart(piece, i);
      ends[at] = rawEnd(piece, i);
    }
  }
  const text = changed.map((piece) => piece.text).join("");
  return { source: { text, starts, ends, offset: 0 }, bounds: cut };
}
