// A thread of a batch encoder: a tokenizer of its own, made from the files of the other one.
import { workerData } from "node:worker_threads";
import type { PoolRequests } from "../base/worker-pool.js";
import { serveRequests } from "../base/worker-server.js";
import { type EncodeJob, encodeTexts } from "./batch-text.js";
import { loadJapaneseDictionary } from "./japanese/files-dictionary.js";
import { needsJapaneseDictionary } from "./japanese/index.js";
import { packEncodings } from "./packed-encodings.js";
import { readTokenizer } from "./read-tokenizer.js";
import type { Tokenizer, TokenizerFiles } from "./tokenizer.js";

serveRequests<PoolRequests<EncodeJob>, Tokenizer>(openTokenizer(workerData as TokenizerFiles), {
  job({ texts, options }, tokenizer, { handOver }) {
    const packed = packEncodings(encodeTexts(tokenizer, texts, options), (id) => tokenizer.idToToken(id));
    handOver(packed.heads.buffer, packed.columns.buffer);
    return packed;
  },
});

async function openTokenizer(files: TokenizerFiles): Promise<Tokenizer> {
  const place = "tokenizer";
  const dictionary = needsJapaneseDictionary(files, place) ? await loadJapaneseDictionary() : undefined;
  return readTokenizer(files, place, dictionary);
}
