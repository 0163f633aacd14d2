import { PrefixTrie } from "../models/prefix-trie.js";
import { UnigramBestPath } from "../models/unigram-best-path.js";
import type { UnigramCorpus } from "./unigram-corpus.js";

/** Pieces with their log probabilities; an id is a place in the lists. */
export interface PieceScores {
  readonly pieces: readonly string[];
  readonly scores: Float64Array;
}

/** The trie over all pieces. */
export function trieOf({ pieces }: PieceScores): PrefixTrie {
  return new PrefixTrie(
    pieces,
    Int32Array.from(pieces, (_, id) => id),
  );
}

/**
 * Keep `size` of the pieces: those that nothing else can spell, and then those without which the likelihood of
 * the corpus would fall the most. The fall is estimated by giving a piece's occurrences to its next best
 * spelling.
 */
export function prunePieces(
  table: PieceScores,
  trie: PrefixTrie,
  unknownScore: number,
  corpus: UnigramCorpus,
  size: number,
): PieceScores {
  const { pieces, scores } = table;
  const path = new UnigramBestPath({ trie, scores, unknownId: -1, unknownScore, precision: "double" });
  const counts = new Float64Array(pieces.length);
  for (let word = 0; word < corpus.counts.length; word++) {
    path.find(corpus.text, corpus.starts[word]!, corpus.starts[word + 1]! - 1);
    for (let k = 0; k < path.count; k++) if (path.ids[k]! >= 0) counts[path.ids[k]!]! += corpus.counts[word]!;
  }
  const sum = counts.reduce((total, count) => total + count, 0);
  const kept: number[] = [];
  const candidates: { id: number; loss: number }[] = [];
  for (let id = 0; id < pieces.length; id++) {
    const piece = pieces[id]!;
    const isCharacter = piece.length === 1 || [...piece].length === 1;
    if (counts[id] === 0) {
      // SentencePiece drops these too; a character comes back at the end if it must be there.
      continue;
    }
    if (isCharacter) {
      kept.push(id);
      continue;
    }
    const others = path.find(piece, 0, piece.length, false);
    if (others > scores[id]!) continue; // the best spelling does not use the piece
    const count = counts[id]!;
    const parts = path.ids.subarray(0, path.count);
    if (parts.includes(-1)) {
      kept.push(id);
      continue;
    }
    const logSum = Math.log(sum + count * (parts.length - 1));
    let without = 0;
    for (const part of parts) without += Math.log(counts[part]! + count) - logSum;
    candidates.push({ id, loss: (count / corpus.total) * (Math.log(count) - Math.log(sum) - without) });
  }
  candidates.sort((one, other) => other.loss - one.loss || one.id - other.id);
  for (const { id } of candidates) {
    if (kept.length >= size) break;
    kept.push(id);
  }
  kept.sort((one, other) => one - other);
  return { pieces: kept.map((id) => pieces[id]!), scores: Float64Array.from(kept, (id) => scores[id]!) };
}
