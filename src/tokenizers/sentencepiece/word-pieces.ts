import type { PieceTable } from "./piece-table.js";
import type { PieceSegmenter } from "./segmenter.js";
import { spaceSymbol } from "./space-symbol.js";

/**
 * The word model of SentencePiece: what stands between spaces is a piece, with the space before it, even where the
 * normaliser writes its own space behind the text.
 */
export function wordPieces(table: PieceTable): PieceSegmenter {
  return {
    segment(text, start, end, out) {
      forEachWord(text, start, end, false, (from, to) => {
        out.push(table.idOf(text.slice(from, to)), to);
      });
    },
  };
}

/** Visit the words of a normalised text: `▁a▁▁b` is `▁a`, `▁`, `▁b`, or as suffix `▁`, `a▁`, `▁`, `b`. */
export function forEachWord(
  text: string,
  start: number,
  end: number,
  whitespaceAsSuffix: boolean,
  visit: (from: number, to: number) => void,
): void {
  for (let from = start; from < end; ) {
    const sign = text.indexOf(spaceSymbol, whitespaceAsSuffix ? from : from + 1);
    const to = sign < 0 || sign >= end ? end : whitespaceAsSuffix ? sign + 1 : sign;
    visit(from, to);
    from = to;
  }
}
