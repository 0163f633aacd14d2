import { OptionError } from "../../base/index.js";
import { unknownPenalty } from "../models/unigram-table.js";
import { digamma } from "./digamma.js";
import { type PieceRules, pieceRule } from "./piece-rules.js";
import type { TrainProgress } from "./trainer.js";
import { type UnigramCorpus, unigramCorpus } from "./unigram-corpus.js";
import { ExpectationPass } from "./unigram-expectation.js";
import { type PieceScores, prunePieces, trieOf } from "./unigram-prune.js";
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
 * piece first.
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
  if (corpus.characters.size > pieceCount) {
    throw new OptionError(
      `vocabulary size: expected room for ${corpus.characters.size} characters, got ${pieceCount} pieces`,
      { hint: "ask for more pieces, or keep fewer characters (a lower character coverage)" },
    );
  }
  const seeds = unigramSeeds(corpus, pieceRule(options), maxPieceLength, seedCount);
  const worth = seeds.reduce((sum, [, one]) => sum + one, 0);
  let table: PieceScores = {
    pieces: seeds.map(([piece]) => piece),
    scores: Float64Array.from(seeds, ([, one]) => Math.log(one) - Math.log(worth)),
  };
  const pass = new ExpectationPass(corpus, maxPieceLength * 2);
  // A tenth more than wanted, of which the likeliest are taken in the end.
  const wanted = Math.floor(pieceCount * 1.1);
  for (;;) {
    for (let k = 0; k < passCount; k++) table = improved(table, pass);
    onProgress?.({ done: Math.min(pieceCount, wanted), total: table.pieces.length });
    if (table.pieces.length <= wanted) break;
    const size = Math.max(wanted, Math.floor(shrinkingFactor * table.pieces.length));
    table = prunePieces(table, trieOf(table), unknownScoreOf(table), corpus, size);
  }
  return finalPieces(table, corpus, pieceCount);
}

/** One pass of expectation maximisation; digamma in place of the logarithm makes rare pieces rarer. */
function improved(table: PieceScores, pass: ExpectationPass): PieceScores {
  const { expected } = pass.run(trieOf(table), table.scores, unknownScoreOf(table));
  const kept: number[] = [];
  let sum = 0;
  expected.forEach((count, id) => {
    if (count < leastExpectation) return;
    kept.push(id);
    sum += count;
  });
  const logSum = digamma(sum);
  return {
    pieces: kept.map((id) => table.pieces[id]!),
    scores: Float64Array.from(kept, (id) => digamma(expected[id]!) - logSum),
  };
}

function unknownScoreOf({ scores }: PieceScores): number {
  return leastOf(scores) - unknownPenalty;
}

function leastOf(scores: Float64Array): number {
  return scores.reduce((least, score) => Math.min(least, score), 0);
}

/** All characters, and the likeliest other pieces; characters that were lost are rarer than anything else. */
function finalPieces(table: PieceScores, corpus: UnigramCorpus, pieceCount: number): [string, number][] {
  const scores = new Map(table.pieces.map((piece, id) => [piece, table.scores[id]!]));
  const least = leastOf(table.scores);
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
