import { UnavailableError } from "../../base/index.js";
import { type TokenizerSegmentOptions, tokenizerSegmentRows } from "../../workflows/options-tokenizer.js";
import type { Command } from "../command.js";

/** `tsugiki tokenizer segment`: morphemes with their features. */
export const tokenizerSegmentCommand: Command<TokenizerSegmentOptions> = {
  name: "tokenizer segment",
  summary: "cut Japanese text into morphemes",
  options: tokenizerSegmentRows,
  examples: ['tokenizer segment "すもももももももものうち"', "tokenizer segment --json < texts.txt"],
  printsResult: true,
  async run() {
    throw new UnavailableError("morphological analysis is not part of this version yet", {
      hint: "encode with a tokenizer of another kind",
    });
  },
};
