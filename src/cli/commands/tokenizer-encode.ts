import { availableParallelism } from "node:os";
import { WorkerPool } from "../../base/worker-pool.js";
import { type TokenizerEncodeOptions, tokenizerEncodeRows } from "../../workflows/options-tokenizer.js";
import type { TextPart } from "../../workflows/text-inputs.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { commandTextParts } from "./command-texts.js";
import type { EncodedLinesStart } from "./tokenizer-encoded-lines.js";

/** From so many bytes on texts are encoded on several threads: to start these takes about as much work as fewer. */
const sizeForThreads = 2 ** 21;

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
    const { writeEncodedLines } = await import("./tokenizer-encoded-lines.js");
    const { threads = availableParallelism() } = options;
    const parts = commandTextParts(options, input);
    const tokenizer = await openTokenizer(options);
    const start: EncodedLinesStart = { options, json };
    const encode = (part: TextPart): void =>
      writeEncodedLines(tokenizer, part, start, (lines) => output.write(lines));
    let pool: WorkerPool<TextPart, Uint8Array<ArrayBuffer>> | undefined;
    /** Parts that threads have, in their order. */
    const given: TextPart[] = [];
    async function* giving(): AsyncGenerator<TextPart> {
      for await (const part of parts) {
        given.push(part);
        yield part;
      }
    }
    try {
      let size = 0;
      for (let next = await parts.next(); next.done !== true; next = await parts.next()) {
        if (signal.aborted) return exitCodes.interrupted;
        encode(next.value);
        size += sizeOf(next.value);
        if (threads > 1 && size >= sizeForThreads) break;
      }
      const script = new URL("./worker-tokenizer-encode.js", import.meta.url);
      pool = new WorkerPool(script, start, threads);
      for await (const lines of pool.map(giving())) {
        if (signal.aborted) return exitCodes.interrupted;
        given.shift();
        output.write(Buffer.from(lines.buffer));
      }
      return exitCodes.done;
    } catch (error) {
      // what a thread could not read is read once more, for the lines before it
      if (pool !== undefined && given.length > 0) encode(given[0]!);
      throw error;
    } finally {
      await parts.return(undefined);
      await pool?.close();
    }
  },
};

/** Bytes of lines, or characters of texts. */
function sizeOf(part: TextPart): number {
  if ("bytes" in part) return part.bytes.length;
  return part.reduce((sum, { text, pair = "" }) => sum + text.length + pair.length, 0);
}
