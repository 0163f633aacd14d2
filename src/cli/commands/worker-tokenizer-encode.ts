// A thread of `tsugiki tokenizer encode`, with a tokenizer of its own.
import { workerData } from "node:worker_threads";
import type { PoolRequests } from "../../base/worker-pool.js";
import { serveRequests } from "../../base/worker-server.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { openTokenizer } from "../../workflows/open-tokenizer.js";
import type { TextInput } from "../../workflows/text-inputs.js";
import { type EncodedLinesStart, encodedLines } from "./tokenizer-encoded-lines.js";

const start = workerData as EncodedLinesStart;
serveRequests<PoolRequests<readonly TextInput[]>, Tokenizer>(openTokenizer(start.options), {
  job: (texts, tokenizer) => encodedLines(tokenizer, texts, start),
});
