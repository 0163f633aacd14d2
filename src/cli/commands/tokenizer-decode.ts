import { type TokenizerDecodeOptions, tokenizerDecodeRows } from "../../workflows/options-tokenizer.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { visibleText } from "../terminal/index.js";
import { commandTexts, LineWriter } from "./command-texts.js";

/** `tsugiki tokenizer decode`: a line a text. */
export const tokenizerDecodeCommand: Command<TokenizerDecodeOptions> = {
  name: "tokenizer decode",
  summary: "turn ids into text",
  options: tokenizerDecodeRows,
  examples: [
    'tokenizer decode --tokenizer my-model "101 7592 102" --no-special-tokens',
    "tokenizer decode --tokenizer my-model < ids.txt",
  ],
  printsResult: true,
  async run(options, { json, output, input, signal }) {
    const { readIds } = await import("../../workflows/encode-texts.js");
    const { openTokenizer } = await import("../../workflows/open-tokenizer.js");
    const { ids, specialTokens = true } = options;
    const texts = commandTexts(ids === undefined ? {} : { texts: ids }, input);
    const tokenizer = await openTokenizer(options);
    const lines = new LineWriter(output);
    try {
      let number = 0;
      for await (const { text: line } of texts) {
        if (signal.aborted) return exitCodes.interrupted;
        const found = readIds(line, `${ids === undefined ? "standard input, line" : "ids"} ${++number}`);
        const text = tokenizer.decode(found, { skipSpecialTokens: !specialTokens });
        const shown = output.isTTY === true ? visibleText(text) : text;
        lines.write(json ? JSON.stringify({ text }) : shown);
      }
    } finally {
      lines.flush();
    }
    return exitCodes.done;
  },
};
