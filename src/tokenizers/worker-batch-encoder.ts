import { availableParallelism } from "node:os";
import { WorkerPool } from "../base/worker-pool.js";
import { type BatchText, type EncodeJob, encodeTexts } from "./batch-text.js";
import type { EncodeWordsOptions, Encoding } from "./encoding.js";
import { type PackedEncodings, unpackEncodings } from "./packed-encodings.js";
import type { Tokenizer } from "./tokenizer.js";

export type { BatchText } from "./batch-text.js";

/** Encodes batches of texts on several threads. */
export interface BatchEncoder {
  /** The encodings of texts, in their order: what `tokenizer.encode` gives for each. */
  encode(texts: readonly BatchText[], options?: EncodeWordsOptions): Promise<Encoding[]>;
  /** End the threads. */
  close(): Promise<void>;
}

/** How a batch is spread. */
export interface BatchEncoderOptions {
  /** How many threads. Default: as many as there are cores. */
  threads?: number;
  /**
   * The first batch of so many characters starts the threads; before, all is encoded on the thread of the caller, as
   * small batches are ever after. Default 2^23.
   */
  leastCharacters?: number;
}

const charactersPerJob = 2 ** 16;

/**
 * Encode batches of texts on several threads of Node, each with a copy of the tokenizer as it is now. The threads are
 *  * started by the first batch that is large enough: starting and warming up two of them takes as much work as encoding
 * some ten million characters of English with WordPiece.
 *
 * ```ts
 * const encoder = batchEncoder(tokenizer);
 * const encodings = await encoder.encode(["a text", ["a question", "its answer"]], { maxLength: 128 });
 * await encoder.close();
 * ```
 */
export function batchEncoder(tokenizer: Tokenizer, options: BatchEncoderOptions = {}): BatchEncoder {
  const { threads = availableParallelism(), leastCharacters = 2 ** 23 } = options;
  const script = new URL("./worker-encode.js", import.meta.url);
  const tokenOf = (id: number): string | undefined => tokenizer.idToToken(id);
  let pool: WorkerPool<EncodeJob, PackedEncodings> | undefined;
  return {
    async encode(texts, given = {}) {
      const characters = texts.reduce((sum, text) => sum + sizeOf(text), 0);
      const least = pool === undefined ? leastCharacters : Math.min(leastCharacters, 2 * charactersPerJob);
      if (threads < 2 || characters < least) return encodeTexts(tokenizer, texts, given);
      pool ??= new WorkerPool(script, tokenizer.toFiles(), threads);
      const encodings: Encoding[] = [];
      for await (const packed of pool.map(jobsOf(texts, given)))
        for (const encoding of unpackEncodings(packed, tokenOf)) encodings.push(encoding);
      return encodings;
    },
    async close() {
      await pool?.close();
      pool = undefined;
    },
  };
}

function* jobsOf(texts: readonly BatchText[], options: EncodeWordsOptions): Generator<EncodeJob> {
  let [from, size] = [0, 0];
  for (const [i, text] of texts.entries()) {
    size += sizeOf(text);
    if (size < charactersPerJob) continue;
    yield { texts: texts.slice(from, i + 1), options };
    [from, size] = [i + 1, 0];
  }
  if (from < texts.length) yield { texts: texts.slice(from), options };
}

function sizeOf(text: BatchText): number {
  return typeof text === "string" ? text.length : text[0].length + text[1].length;
}
