// A thread that encodes documents of a corpus, with a tokenizer of its own.
import { workerData } from "node:worker_threads";
import type { PoolRequests } from "../../base/worker-pool.js";
import { serveRequests } from "../../base/worker-server.js";
import { openTokenizerFiles } from "../../tokenizers/files-open.js";
import type { Tokenizer, TokenizerFiles } from "../../tokenizers/index.js";
import { encodeDocuments } from "./encode-documents.js";

/** What a thread is started with. */
export interface EncodeDocumentsStart {
  readonly tokenizerFiles: TokenizerFiles;
  readonly withSketches: boolean;
}

const { tokenizerFiles, withSketches } = workerData as EncodeDocumentsStart;

serveRequests<PoolRequests<readonly string[]>, Tokenizer>(openTokenizerFiles(tokenizerFiles), {
  job(texts, tokenizer, { handOver }) {
    const encoded = encodeDocuments(texts, tokenizer, withSketches);
    const { ids, begins, counts, sketches } = encoded;
    handOver(ids.buffer, begins.buffer, counts.buffer, sketches.buffer);
    return encoded;
  },
});
