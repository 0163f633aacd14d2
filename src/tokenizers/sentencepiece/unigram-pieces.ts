import { utf8Bytes } from "../models/byte-pieces.js";
import { PrefixTrie } from "../models/prefix-trie.js";
import { type UnigramSegmenter, unigramSegmenter } from "../models/unigram-segmenter.js";
import { unknownPenalty } from "../models/unigram-table.js";
import type { PieceTable } from "./piece-table.js";
import type { PieceSegmenter } from "./segmenter.js";

/** The unigram model of SentencePiece: user-defined pieces are always preferred, sums are of 32 bits. */
export function unigramPieces(table: PieceTable): PieceSegmenter & UnigramSegmenter {
  const { types, pieces, isText, unknownId, leastScore, largestScore } = table;
  const trie = new PrefixTrie(pieces.map((piece, id) => (isText[id] && types[id] !== "unused" ? piece : "")));
  // The bonus counts bytes in the best path and characters in the lattice.
  const scoresWith = (lengthOf: (piece: string) => number): Float64Array =>
    table.scores.map((score, id) =>
      types[id] === "user-defined" ? lengthOf(pieces[id]!) * largestScore - 0.1 : score,
    );
  const shared = {
    trie,
    unknownId,
    unknownScore: Math.fround(leastScore - unknownPenalty),
    precision: "single",
  } as const;
  const byBytes = unigramSegmenter({ ...shared, scores: scoresWith((piece) => utf8Bytes(piece).length) });
  const byCharacters = unigramSegmenter({
    ...shared,
    scores: scoresWith((piece) => [...piece].length).map(Math.fround),
  });
  const { bestPath } = byBytes;
  const { nBest, sample, logLikelihood } = byCharacters;
  return {
    nBest,
    sample,
    logLikelihood,
    segment(text, start, end, out) {
      bestPath.find(text, start, end);
      for (let k = 0; k < bestPath.count; k++) out.push(bestPath.ids[k]!, start + bestPath.ends[k]!);
    },
  };
}
