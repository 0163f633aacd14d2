// Our side of the embedding bench: the same lines on stdin as bench/peers/embeddings.py.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { loadEmbedder } from "../src/workflows/index.js";
import { startClock } from "./clock.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    texts: { type: "string" },
    batch: { type: "string", default: "32" },
    singles: { type: "string", default: "100" },
    threads: { type: "string", default: "2" },
    precision: { type: "string", default: "fp32" },
    runtime: { type: "string", default: "onnxruntime" },
    packing: { type: "boolean", default: false },
  },
});
const embedder = await loadEmbedder(values.model!, {
  batchSize: Number(values.batch),
  threads: Number(values.threads),
  packing: values.packing,
  precision: values.precision as "fp32" | "bf16" | "int8",
  runtime: values.runtime as "onnxruntime" | "openvino",
});
const lines = (path: string): string[] => readFileSync(path, "utf8").replace(/\n$/, "").split("\n");
const texts = lines(values.texts!);

async function writeVectors(path: string): Promise<void> {
  const embedded = await embedder.embed(lines(path));
  const all = new Float32Array(embedded.length * embedder.size);
  for (const [i, { embedding }] of embedded.entries()) all.set(embedding, i * embedder.size);
  writeFileSync(`${path}.f32`, new Uint8Array(all.buffer));
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, path] = line.split(" ");
  const clock = startClock();
  if (command === "batches") await embedder.embed(texts);
  else if (command === "single")
    for (const text of texts.slice(0, Number(values.singles))) await embedder.embed([text]);
  else await writeVectors(path!);
  console.log(
    JSON.stringify({ ...clock(), loss: 0, peakMemory: process.memoryUsage.rss(), runtime: embedder.runtime }),
  );
}
await embedder.close();
