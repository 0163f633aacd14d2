// What ja-mini is worth: fine-tuned on data/mdn-ja-area beside the same network from random weights.
//
//   node dist/recipes/measure-areas.js --model rootstocks/ja-mini --seeds 42,1,2
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseJsonObject, Random } from "../src/base/index.js";
import { leaves } from "../src/engine/index.js";
import { writeModelFiles } from "../src/hub/index.js";
import { architectureOf, foreignWeights, matchWeights } from "../src/models/index.js";
import { forInference } from "../src/nn/index.js";
import { maskedLmInputs } from "../src/objectives/masked-lm.js";
import { fineTune } from "../src/workflows/fine-tune.js";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "rootstocks/ja-mini" },
    seeds: { type: "string", default: "42,1,2" },
    epochs: { type: "string", default: "3" },
    "learning-rate": { type: "string", default: "1e-3" },
    "batch-size": { type: "string", default: "16" },
    "max-length": { type: "string", default: "96" },
    threads: { type: "string", default: "2" },
    "output-dir": { type: "string", default: "out/measure-areas" },
  },
});
const random = join(options["output-dir"], "random-weights");
await writeRandomTwin(options.model, random);
for (const model of [options.model, random]) {
  for (const seed of options.seeds.split(",").map(Number)) {
    const started = performance.now();
    const { metrics, trainLoss } = await fineTune({
      task: "text-classification",
      model,
      train: "data/mdn-ja-area/train.jsonl",
      validation: "data/mdn-ja-area/valid.jsonl",
      outputDirectory: join(options["output-dir"], "run"),
      overwrite: true,
      saveTotalLimit: 1,
      keepBest: false,
      epochs: Number(options.epochs),
      learningRate: Number(options["learning-rate"]),
      batchSize: Number(options["batch-size"]),
      maxLength: Number(options["max-length"]),
      threads: Number(options.threads),
      seed,
    });
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(JSON.stringify({ model, seed, accuracy: metrics["accuracy"], trainLoss, seconds }));
  }
}

/** A model directory with the same configuration and tokenizer, and weights as they are before any training. */
async function writeRandomTwin(source: string, target: string): Promise<void> {
  const place = join(source, "config.json");
  const config = parseJsonObject(await readFile(place, "utf8"), place);
  const architecture = architectureOf(config, place);
  const network = architecture.readConfig(config, place);
  const { heads } = network.build("masked-lm", 0, maskedLmInputs(), forInference());
  const parameters = leaves([...heads.values()], "parameter");
  const { weights } = matchWeights(architecture, parameters, new Map(), new Random(0), place);
  const names = (await readdir(source)).filter((name) => /token|vocab/.test(name));
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(source, name), "utf8")] as const),
  );
  await writeModelFiles(target, {
    config,
    weights: foreignWeights(architecture, "masked-lm", weights),
    files: new Map(files),
  });
}
