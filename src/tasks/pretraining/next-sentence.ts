// Masked language modelling with pairs of sentences (BERT, Devlin et al. 2018, https://arxiv.org/abs/1810.04805): the
// second stretch of a row goes on where the first ends, or is taken from another document of the batch.
import { drawNextSentence } from "../../objectives/index.js";
import type { Objective } from "./objective.js";
import { type PairGuesses, type PairRow, sentencePairObjective } from "./sentence-pairs.js";

export const nextSentence: Objective<PairRow, PairGuesses> = sentencePairObjective(
  "next-sentence",
  drawNextSentence,
);
