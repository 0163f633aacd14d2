// A thread of a batch encoder: a tokenizer of its own, made from the files of the other one.
import { workerData } from "node:worker_threads";
import type { PoolRequests } from "../base/worker-pool.js";
import { serveRequests } from "../base/worker-server.js";
import { type EncodeJob, encodeTexts } from "./batch-text.js";
import { openTokenizerFiles } from "./files-open.js";
import { packEncodings } from "./packed-encodings.js";
import type { Tokenizer, TokenizerFiles } from "./tokenizer.js";

serveRequests<PoolRequests<EncodeJob>, Tokenizer>(openTokenizerFiles(workerData as TokenizerFiles), {
  job({ texts, options }, tokenizer, { handOver }) {
    const packed = packEncodings(encodeTexts(tokenizer, texts, options), (id) => tokenizer.idToToken(id));
    handOver(packed.heads.buffer, packed.columns.buffer);
    return packed;
  },
});
