import type { Trie } from "../trie.js";
import { unitsOf } from "../unicode-classes.js";
import type { PieceTable } from "./piece-table.js";
import type { PieceSegmenter } from "./segmenter.js";

/** The character model of SentencePiece: every character, or user-defined symbol, is a piece. */
export function characterPieces(table: PieceTable, symbols: Trie): PieceSegmenter {
  return {
    segment(text, start, end, out) {
      for (let at = start; at < end; ) {
        const next = symbolEnd(symbols, text, at, end);
        out.push(table.idOf(text.slice(at, next)), next);
        at = next;
      }
    },
  };
}

/** Where the user-defined symbol ends that begins at `at`, else the character. */
export function symbolEnd(symbols: Trie, text: string, at: number, end: number): number {
  if (symbols.longest(text, at, end, 0) >= 0) return symbols.matchEnd;
  return Math.min(end, at + unitsOf(text.codePointAt(at)!));
}
