import { type TokenizerSegmentOptions, tokenizerSegmentRows } from "../../workflows/options-tokenizer.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { visibleText } from "../terminal/index.js";
import { commandTexts, LineWriter } from "./command-texts.js";

/** `tsugiki tokenizer segment`: a line a text, of morphemes or with --json of all their features. */
export const tokenizerSegmentCommand: Command<TokenizerSegmentOptions> = {
  name: "tokenizer segment",
  summary: "cut Japanese text into morphemes",
  options: tokenizerSegmentRows,
  examples: ['tokenizer segment "すもももももももものうち"', "tokenizer segment --json < texts.txt"],
  printsResult: true,
  async run(options, { json, output, input, signal }) {
    const { openSegmenter } = await import("../../workflows/segment-texts.js");
    const texts = commandTexts(options, input);
    const segment = await openSegmenter(options);
    const lines = new LineWriter(output);
    try {
      for await (const { text } of texts) {
        if (signal.aborted) return exitCodes.interrupted;
        const segmented = segment(text);
        const surfaces = segmented.tokens.map(([surface = ""]) => visibleText(surface));
        lines.write(json ? JSON.stringify(segmented) : surfaces.join(" "));
      }
    } finally {
      lines.flush();
    }
    return exitCodes.done;
  },
};
