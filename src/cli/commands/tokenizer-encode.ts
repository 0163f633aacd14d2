import { availableParallelism } from "node:os";
import { WorkerPool } from "../../base/worker-pool.js";
import { type TokenizerEncodeOptions, tokenizerEncodeRows } from "../../workflows/options-tokenizer.js";
import type { TextInput } from "../../workflows/text-inputs.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { commandTexts, textBatches } from "./command-texts.js";
import type { EncodedLinesStart } from "./tokenizer-encoded-lines.js";

/** From so many characters on texts are encoded on several threads: to start these takes about as much work as fewer. */
const charactersForThreads = 2 ** 21;

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
    const { openTokenizer } = await import("../../workflows/open-tokenizer.js");
    const { encodedLines } = await import("./tokenizer-encoded-lines.js");
    const { threads = availableParallelism() } = options;
    const batches = textBatches(commandTexts(options, input));
    const tokenizer = await openTokenizer(options);
    const start: EncodedLinesStart = { options, json };
    let pool: WorkerPool<readonly TextInput[], string> | undefined;
    try {
      let characters = 0;
      for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
        if (signal.aborted) return exitCodes.interrupted;
        output.write(encodedLines(tokenizer, next.value, start));
        for (const { text } of next.value) characters += text.length;
        if (threads > 1 && characters >= charactersForThreads) break;
      }
      const script = new URL("./worker-tokenizer-encode.js", import.meta.url);
      pool = new WorkerPool(script, start, threads);
      for await (const lines of pool.map(batches)) {
        if (signal.aborted) return exitCodes.interrupted;
        output.write(lines);
      }
      return exitCodes.done;
    } finally {
      await batches.return(undefined);
      await pool?.close();
    }
  },
};
