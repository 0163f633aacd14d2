// transformers.js' side of the embedding bench: the same lines on stdin as embeddings.py. The model is one that
// `tsugiki export` wrote: onnx/model.onnx, or with --int8 onnx/model_quantized.onnx.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { env, pipeline } from "@huggingface/transformers";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    texts: { type: "string" },
    batch: { type: "string", default: "32" },
    singles: { type: "string", default: "100" },
    threads: { type: "string", default: "2" },
    int8: { type: "boolean", default: false },
  },
});
env.allowRemoteModels = false;
env.localModelPath = dirname(values.model);
const threads = Number(values.threads);
const embed = await pipeline("feature-extraction", basename(values.model), {
  dtype: values.int8 ? "q8" : "fp32",
  session_options: { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 },
});
const lines = (path) => readFileSync(path, "utf8").replace(/\n$/, "").split("\n");
const texts = lines(values.texts);
const size = Number(values.batch);

/** All texts in batches of like length, as ours and sentence-transformers do it. */
async function embedAll(given) {
  const order = given.map((_, i) => i).sort((a, b) => given[b].length - given[a].length);
  const vectors = new Array(given.length);
  for (let start = 0; start < order.length; start += size) {
    const rows = order.slice(start, start + size);
    const { data, dims } = await embed(
      rows.map((row) => given[row]),
      { pooling: "mean", normalize: true },
    );
    rows.forEach((row, i) => {
      vectors[row] = data.slice(i * dims[1], (i + 1) * dims[1]);
    });
  }
  return vectors;
}

async function timesOf(work) {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, processorSeconds: (user + system) / 1e6 };
}

const { version } = JSON.parse(
  readFileSync(new URL("node_modules/@huggingface/transformers/package.json", import.meta.url), "utf8"),
);
for await (const line of createInterface({ input: process.stdin })) {
  const [command, path] = line.split(" ");
  let times;
  if (command === "batches") times = await timesOf(() => embedAll(texts));
  else if (command === "single")
    times = await timesOf(async () => {
      for (const text of texts.slice(0, Number(values.singles)))
        await embed([text], { pooling: "mean", normalize: true });
    });
  else {
    let vectors = [];
    times = await timesOf(async () => {
      vectors = await embedAll(lines(path));
    });
    const all = Float32Array.from(vectors.flatMap((vector) => [...vector]));
    writeFileSync(`${path}.f32`, new Uint8Array(all.buffer));
  }
  const versions = { "@huggingface/transformers": version };
  console.log(JSON.stringify({ ...times, loss: 0, peakMemory: process.memoryUsage.rss(), versions }));
}
