// Masked language modelling with the order of sentences (ALBERT, Lan et al. 2019, https://arxiv.org/abs/1909.11942): the
// two stretches of a row stand as they stood in their document, or the other way round.
import { drawSentenceOrder } from "../../objectives/index.js";
import type { Objective } from "./objective.js";
import { type PairGuesses, type PairRow, sentencePairObjective } from "./sentence-pairs.js";

export const sentenceOrder: Objective<PairRow, PairGuesses> = sentencePairObjective(
  "sentence-order",
  drawSentenceOrder,
);
