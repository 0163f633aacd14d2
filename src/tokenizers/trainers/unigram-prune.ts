import type { PrefixTrie } from "../models/prefix-trie.js";
import { UnigramBestPath } from "../models/unigram-best-path.js";
import type { PieceTable } from "./piece-table.js";
import type { UnigramCorpus } from "./unigram-corpus.js";

/** What is lost without a piece that nothing else spells, and without one that is not used. */
const [everything, nothing] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/**
 * Keep `size` of the pieces: those that nothing else can spell, and then those without which the likelihood of
 * the corpus would fall the most. `trie` has the pieces of the table.
 */
export function prunePieces(
  table: PieceTable,
  trie: PrefixTrie,
  unknownScore: number,
  corpus: UnigramCorpus,
  size: number,
): void {
  const { scores } = table;
  const path = new UnigramBestPath({ trie, scores, unknownId: -1, unknownScore, precision: "double" });
  const losses = lossesOf(table, path, bestCounts(table, path, corpus), corpus.total);
  const candidates = new Int32Array(table.count);
  let candidateCount = 0;
  let room = size;
  for (let id = 0; id < table.count; id++) {
    if (losses[id] === everything) room--;
    else if (losses[id] !== nothing) candidates[candidateCount++] = id;
  }
  const byLoss = candidates.subarray(0, candidateCount);
  byLoss.sort((one, other) => losses[other]! - losses[one]! || one - other);
  for (const id of byLoss.subarray(0, Math.max(0, room))) losses[id] = everything;
  table.keep((id) => losses[id] === everything);
}

/** How often each piece occurs where every word is cut in the best way. */
function bestCounts(table: PieceTable, path: UnigramBestPath, corpus: UnigramCorpus): Float64Array {
  const { text, starts, counts } = corpus;
  const found = new Float64Array(table.count);
  for (let word = 0; word < counts.length; word++) {
    path.find(text, starts[word]!, starts[word + 1]! - 1);
    for (let k = 0; k < path.count; k++) if (path.ids[k]! >= 0) found[path.ids[k]!]! += counts[word]!;
  }
  return found;
}

/**
 * By how much the likelihood of the corpus falls without each piece, estimated by giving its occurrences to its next
 * best spelling.
 */
function lossesOf(
  table: PieceTable,
  path: UnigramBestPath,
  counts: Float64Array,
  total: number,
): Float64Array {
  const { text, starts, lengths, scores } = table;
  const losses = new Float64Array(table.count).fill(nothing);
  const sum = counts.reduce((all, count) => all + count, 0);
  for (let id = 0; id < table.count; id++) {
    const count = counts[id]!;
    // SentencePiece drops these too; a character comes back at the end if it must be there.
    if (count === 0) continue;
    if (table.isCharacter(id)) {
      losses[id] = everything;
      continue;
    }
    const others = path.find(text, starts[id]!, starts[id]! + lengths[id]!, false);
    if (others > scores[id]!) continue; // the best spelling does not use the piece
    const parts = path.ids.subarray(0, path.count);
    if (parts.includes(-1)) {
      losses[id] = everything;
      continue;
    }
    const logSum = Math.log(sum + count * (parts.length - 1));
    let without = 0;
    for (const part of parts) without += Math.log(counts[part]! + count) - logSum;
    losses[id] = (count / total) * (Math.log(count) - Math.log(sum) - without);
  }
  return losses;
}
