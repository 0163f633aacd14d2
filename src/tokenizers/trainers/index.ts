import { bpeTrainer, byteLevelBpeTrainer } from "./byte-pair-trainers.js";
import { charactersTrainer } from "./characters.js";
import type { Trainer } from "./trainer.js";
import { unigramTrainer } from "./unigram-trainer.js";
import { wordLevelTrainer } from "./word-level.js";
import { wordPieceTrainer } from "./word-piece.js";

export { type TrainBpeOptions, type TrainedBpe, trainBpe } from "./bpe.js";
export { type TrainCharactersOptions, trainCharacters } from "./characters.js";
export { type CountProgress, type CountWordsOptions, countWords } from "./count-words.js";
export { type TrainTokenizerOptions, trainTokenizer } from "./train-tokenizer.js";
export type { SpellingOptions, SpellingSteps, Trainer, TrainerOptions, TrainProgress } from "./trainer.js";
export type { WordCounts } from "./word-counts.js";
export type { SpillRun, SpillStore } from "./word-counts-runs.js";
export { type TrainWordLevelOptions, trainWordLevel } from "./word-level.js";
export { type TrainWordPieceOptions, trainWordPiece } from "./word-piece.js";
export type { WordSample } from "./word-sample.js";

/** The kinds of tokenizer that can be learnt, by name: one line each. */
export const trainers: Readonly<Record<string, Trainer>> = {
  bpe: bpeTrainer,
  "byte-level-bpe": byteLevelBpeTrainer,
  wordpiece: wordPieceTrainer,
  unigram: unigramTrainer,
  word: wordLevelTrainer,
  char: charactersTrainer,
};
