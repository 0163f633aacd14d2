// A thread of `tsugiki tokenizer encode`, with a tokenizer of its own. Bytes come and bytes go.
import { workerData } from "node:worker_threads";
import type { PoolRequests } from "../../base/worker-pool.js";
import { serveRequests } from "../../base/worker-server.js";
import type { Tokenizer } from "../../tokenizers/index.js";
import { openTokenizer } from "../../workflows/open-tokenizer.js";
import type { TextPart } from "../../workflows/text-inputs.js";
import { type EncodedLinesStart, writeEncodedLines } from "./tokenizer-encoded-lines.js";

const start = workerData as EncodedLinesStart;
const encoder = new TextEncoder();
serveRequests<PoolRequests<TextPart>, Tokenizer>(openTokenizer(start.options), {
  job(part, tokenizer, { handOver }) {
    let bytes = new Uint8Array();
    writeEncodedLines(tokenizer, part, start, (lines) => {
      bytes = encoder.encode(lines);
    });
    handOver(bytes.buffer);
    return bytes;
  },
});
