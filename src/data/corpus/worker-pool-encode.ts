import { WorkerPool } from "../../base/worker-pool.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { type EncodedDocuments, encodeDocuments } from "./encode-documents.js";
import type { RawDocument } from "./raw-document.js";
import type { EncodeDocumentsStart } from "./worker-encode-documents.js";

/** How documents are encoded. */
export interface EncodeInThreadsOptions {
  readonly tokenizer: Tokenizer;
  readonly threads: number;
  readonly withSketches: boolean;
  /**
   * From so many UTF-16 units on documents are encoded in threads: to start these takes about as much work as fewer.
   * Default 2^21.
   */
  readonly unitsForThreads?: number;
}

/**
 * Encode batches of documents, in their order: the first in this thread, and where there are many the others in threads
 * of their own. Few are held at a time.
 */
export async function* encodeInThreads(
  batches: AsyncGenerator<readonly RawDocument[]>,
  { tokenizer, threads, withSketches, unitsForThreads = 2 ** 21 }: EncodeInThreadsOptions,
): AsyncGenerator<[readonly RawDocument[], EncodedDocuments]> {
  const script = new URL("./worker-encode-documents.js", import.meta.url);
  const start: EncodeDocumentsStart = { tokenizerFiles: tokenizer.toFiles(), withSketches };
  const pool = new WorkerPool<readonly string[], EncodedDocuments>(script, start, threads);
  const waiting: (readonly RawDocument[])[] = [];
  async function* jobs(): AsyncGenerator<string[]> {
    for await (const batch of batches) {
      waiting.push(batch);
      yield textsOf(batch);
    }
  }
  let units = 0;
  try {
    for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
      yield [next.value, encodeDocuments(textsOf(next.value), tokenizer, withSketches)];
      for (const { text } of next.value) units += text.length;
      if (threads > 1 && units >= unitsForThreads) break;
    }
    for await (const encoded of pool.map(jobs())) yield [waiting.shift()!, encoded];
  } finally {
    await pool.close();
    await batches.return(undefined);
  }
}

function textsOf(documents: readonly RawDocument[]): string[] {
  return documents.map(({ text }) => text);
}
