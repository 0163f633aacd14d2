// Our side of the comparison of generation: answers each line `step` on standard input with the seconds that a text of
// some tokens after a prompt took, and its tokens.
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Random } from "../src/base/index.js";
import { decoderGraphs, decoderParameters, WorkerGenerator } from "../src/generation/index.js";
import { openModelDirectory } from "../src/hub/index.js";
import { architectureOf, matchWeights } from "../src/models/index.js";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    beams: { type: "string", default: "1" },
    prompt: { type: "string", default: "32" },
    tokens: { type: "string", default: "128" },
    threads: { type: "string", default: "2" },
    steps: { type: "string" },
  },
});
const opened = await openModelDirectory(values.model!);
const architecture = architectureOf(opened.config, values.model!);
const network = architecture.readConfig(opened.config, values.model!);
const graphs = decoderGraphs(network.decoder!);
const { weights } = matchWeights(
  architecture,
  decoderParameters(graphs),
  await opened.readWeights(),
  new Random(1),
  values.model!,
);
const generator = new WorkerGenerator({ threads: Number(values.threads) });
await generator.takeParameters(weights);
await generator.prepare(graphs);
const prompt = Array.from(
  { length: Number(values.prompt) },
  (_, i) => (i * 7919 + 13) % network.vocabularySize,
);
const settings = { maxNewTokens: Number(values.tokens), beamCount: Number(values.beams) };

async function timeText(): Promise<string> {
  const started = performance.now();
  const writing = generator.generate({ ids: [prompt] }, settings);
  let next = await writing.next();
  while (next.done !== true) next = await writing.next();
  const seconds = (performance.now() - started) / 1000;
  const peakMemory = process.resourceUsage().maxRSS * 1024;
  return JSON.stringify({ seconds, tokens: next.value[0]!.ids, peakMemory });
}

if (values.steps !== undefined) for (let i = 0; i < Number(values.steps); i++) console.log(await timeText());
else
  for await (const line of createInterface({ input: process.stdin }))
    if (line === "step") console.log(await timeText());
await generator.close();
