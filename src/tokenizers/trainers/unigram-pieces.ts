import { OptionError } from "../../base/index.js";
import { PrefixTrie } from "../models/prefix-trie.js";
import { unknownPenalty } from "../models/unigram-table.js";
import { digamma } from "./digamma.js";
import { type PieceRules, pieceRule } from "./piece-rules.js";
import type { PieceTable } from "./piece-table.js";
import type { TrainProgress } from "./trainer.js";
import { type UnigramCorpus, unigramCorpus } from "./unigram-corpus.js";
import { ExpectationPass } from "./unigram-expectation.js";
import { prunePieces } from "./unigram-prune.js";
import { unigramSeeds } from "./unigram-seeds.js";
import type { WordCounts } from "./word-counts.js";
import { sampleWords, type WordSample } from "./word-sample.js";

/** What the pieces of a unigram model are learnt by. */
export interface UnigramPiecesOptions extends PieceRules {
  /** How many pieces to find, characters included. Default 8000. */
  pieceCount?: number;
  /** The share of the text that the characters of the vocabulary make. Default 0.9995. */
  characterCoverage?: number;
  /** The most characters. Default: any number. */
  characterLimit?: number;
  /** Characters that belong to the vocabulary whether they are frequent or not. */
  requiredCharacters?: readonly string[];
  /** The most pieces to begin with. Default 1000000. */
  seedCount?: number;
  /** The share of pieces that each round of pruning keeps. Default 0.75. */
  shrinkingFactor?: number;
  /** Passes of expectation maximisation before each pruning. Default 2. */
  passCount?: number;
  /** The most characters of distinct words to learn from; of more a sample is drawn. Default 2^25. */
  sampleLimit?: number;
  /** Called where a sample was drawn. */
  onSample?: (sample: WordSample) => void;
  onProgress?: (progress: TrainProgress) => void;
}

/** A piece that is expected less often is dropped. */
const leastExpectation = 0.5;

/**
 * Learn the pieces of a unigram model as SentencePiece does: from all frequent strings, estimate probabilities
 * by expectation maximisation and drop the pieces that matter least, in turn, until few enough are left. Best
 * piece first. The words are released as soon as there is a copy of them.
 *
 * T. Kudo: Subword Regularization (ACL 2018), https://arxiv.org/abs/1804.10959
 */
export function unigramPieces(
  words: WordCounts,
  options: UnigramPiecesOptions = {},
): [piece: string, score: number][] {
  const { pieceCount = 8000, characterCoverage = 0.9995, seedCount = 1_000_000, passCount = 2 } = options;
  const { characterLimit = Number.POSITIVE_INFINITY, requiredCharacters = [], onProgress } = options;
  const { shrinkingFactor = 0.75, maxPieceLength = 16, sampleLimit = 2 ** 25 } = options;
  const { words: sampled, sample } = sampleWords(words, sampleLimit);
  if (sample !== undefined) options.onSample?.(sample);
  const corpus = unigramCorpus(sampled, {
    coverage: characterCoverage,
    characterLimit,
    required: requiredCharacters,
  });
  words.release?.();
  if (corpus.characters.size > pieceCount) {
    throw new OptionError(
      `vocabulary size: expected room for ${corpus.characters.size} characters, got ${pieceCount} pieces`,
      { hint: "ask for more pieces, or keep fewer characters (a lower character coverage)" },
    );
  }
  const table = unigramSeeds(corpus, pieceRule(options), maxPieceLength, seedCount);
  const trie = new PrefixTrie();
  const pass = new ExpectationPass(corpus, trie, maxPieceLength * 2);
  // A tenth more than wanted, of which the likeliest are taken in the end.
  const wanted = Math.floor(pieceCount * 1.1);
  for (;;) {
    for (let k = 0; k < passCount; k++) {
      trie.fill(table);
      improve(table, pass);
    }
    onProgress?.({ done: Math.min(pieceCount, wanted), total: table.count });
    if (table.count <= wanted) break;
    const size = Math.max(wanted, Math.floor(shrinkingFactor * table.count));
    trie.fill(table);
    prunePieces(table, trie, unknownScoreOf(table), corpus, size);
  }
  return finalPieces(table, corpus, pieceCount);
}

/** One pass of expectation maximisation; digamma in place of the logarithm makes rare pieces rarer. */
function improve(table: PieceTable, pass: ExpectationPass): void {
  const { expected } = pass.run(table.scores.subarray(0, table.count), unknownScoreOf(table));
  table.scores.set(expected);
  table.keep((id) => expected[id]! >= leastExpectation);
  let sum = 0;
  for (let id = 0; id < table.count; id++) sum += table.scores[id]!;
  const logSum = digamma(sum);
  for (let id = 0; id < table.count; id++) table.scores[id] = digamma(table.scores[id]!) - logSum;
}

function unknownScoreOf(table: PieceTable): number {
  return table.leastScore - unknownPenalty;
}

/** All characters, and the likeliest other pieces; characters that were lost are rarer than anything else. */
function finalPieces(table: PieceTable, corpus: UnigramCorpus, pieceCount: number): [string, number][] {
  const scores = new Map<string, number>();
  for (let id = 0; id < table.count; id++) scores.set(table.piece(id), table.scores[id]!);
  const least = table.leastScore;
  const final = new Map<string, number>();
  let lost = 0;
  for (const character of corpus.characters.keys()) {
    // Each a little likelier than the one before, so that no two are equal, as SentencePiece has it.
    final.set(character, scores.get(character) ?? least + 0.0001 * lost++);
  }
  const byScore = [...scores].sort(byScoreAndText);
  for (const [piece, score] of byScore) {
    if (final.size >= pieceCount) break;
    if (!final.has(piece)) final.set(piece, score);
  }
  return [...final].sort(byScoreAndText);
}

function byScoreAndText([a, one]: [string, number], [b, other]: [string, number]): number {
  return other - one || (a < b ? -1 : 1);
}
