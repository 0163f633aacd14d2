import { type TokenizerEncodeOptions, tokenizerEncodeRows } from "../../workflows/options-tokenizer.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { visibleText } from "../terminal/index.js";
import { commandTexts, LineWriter } from "./tokenizer-texts.js";

/** `tsugiki tokenizer encode`: a line a text, of tokens or with --json of everything. */
export const tokenizerEncodeCommand: Command<TokenizerEncodeOptions> = {
  name: "tokenizer encode",
  summary: "turn texts into tokens and ids",
  options: tokenizerEncodeRows,
  examples: [
    'tokenizer encode --tokenizer my-model "the first text" "the second"',
    "tokenizer encode --tokenizer my-model --json --no-special-tokens < texts.txt",
    "tokenizer encode --tokenizer tokenizer.json --file pairs.jsonl --json --offsets codepoints",
  ],
  printsResult: true,
  async run(options, { json, output, input, signal }) {
    const { encodeText } = await import("../../workflows/encode-texts.js");
    const { openTokenizer } = await import("../../workflows/open-tokenizer.js");
    const texts = commandTexts(options, input);
    const tokenizer = await openTokenizer(options);
    const lines = new LineWriter(output);
    try {
      for await (const text of texts) {
        if (signal.aborted) return exitCodes.interrupted;
        const encoded = encodeText(tokenizer, text, options);
        lines.write(json ? JSON.stringify(encoded) : encoded.tokens.map(visibleText).join(" "));
      }
    } finally {
      lines.flush();
    }
    return exitCodes.done;
  },
};
