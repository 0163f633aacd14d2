// Prefix language modelling on an encoder-decoder (T5's "LM adaptation", Lester et al. 2021,
// https://arxiv.org/abs/2104.08691): the encoder reads how a row begins, the decoder writes how it goes on. Models that
// look back only have no mask for a prefix that is seen from both sides, and learn by causal-lm instead.
import { cutPrefix } from "../../objectives/index.js";
import type { GuessedTokens } from "../hidden-tokens.js";
import type { Objective } from "./objective.js";
import { specialCountOf, textFrame } from "./text-frame.js";
import { type WrittenRow, writtenProblem } from "./written-rows.js";

export const prefixLm: Objective<WrittenRow, GuessedTokens> = {
  name: "prefix-lm",
  defaults: { maxLength: 512, batchSize: 8, learningRate: 5e-4 },
  heads: ["sequence-to-sequence"],
  reads: [],
  open(context) {
    // the shorter of both parts leaves room for the special tokens of the longer one
    const rowLength = context.rows.maxLength - Math.max(1, specialCountOf(textFrame(context.tokenizer, 1)));
    return writtenProblem(context, {
      description: "prefix-lm",
      rowLength,
      draw: ({ ids }, random) => (ids.length < 2 ? undefined : cutPrefix(ids, random)),
    });
  },
};
