import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { JsonObject } from "../../src/base/index.js";
import { evaluate, fineTune, loadPipeline, predict } from "../../src/workflows/index.js";
import { type Form, forms } from "./task-forms.js";
import { type TinyWorld, tinyWorld, writeRows } from "./tiny-model.js";

async function runOf(
  world: TinyWorld,
  { rows, options = {} }: Form,
): Promise<{
  directory: string;
  validation: string;
  dev: object[];
  metrics: Readonly<Record<string, number>>;
}> {
  const dev = rows(14, 22);
  const train = await writeRows(world.path("rows.jsonl"), rows(32, 21));
  const validation = await writeRows(world.path("rows-dev.jsonl"), dev);
  const run = await fineTune({
    ...{ model: world.model, train, validation, outputDirectory: world.path("run"), threads: 1 },
    ...{ maxSteps: 6, batchSize: 8, learningRate: 2e-3, evaluateEvery: 2 },
    ...options,
  });
  return { directory: run.outputDirectory, validation, dev, metrics: run.metrics };
}

/** Predictions with numbers to five places, and without what only rows of a file have. */
function comparable(predictions: readonly JsonObject[]): unknown {
  return predictions.map((prediction) =>
    JSON.parse(
      JSON.stringify(prediction, (key, value) =>
        ["truth", "id", "correct", "expected"].includes(key)
          ? undefined
          : typeof value === "number"
            ? Math.round(value * 1e5) / 1e5
            : value,
      ),
    ),
  );
}

describe("a saved model does what the run said", () => {
  for (const [name, form] of Object.entries(forms))
    test(name, async (t) => {
      const world = await tinyWorld(t);
      const { directory, validation, dev, metrics } = await runOf(world, form);
      const evaluated = await evaluate({ model: directory, data: validation, threads: 1 });
      assert.deepEqual(evaluated.metrics, metrics);
      const saved = JSON.parse(await readFile(join(directory, "eval_results.json"), "utf8"));
      assert.ok(Math.abs(evaluated.loss! - saved.eval_loss) < 1e-6, `${evaluated.loss} ${saved.eval_loss}`);

      const lines = (await readFile(join(directory, "predictions.jsonl"), "utf8")).trimEnd().split("\n");
      const expected = lines.map((line) => JSON.parse(line));
      const fromFile = await predict({ model: directory, file: validation, threads: 1 });
      assert.deepEqual(comparable(fromFile.predictions), comparable(expected));

      const pipeline = await loadPipeline(directory, { threads: 1 });
      try {
        const several = await pipeline(dev.map((row) => form.input(row as never)));
        assert.deepEqual(comparable(several), comparable(expected));
        const one = await pipeline(form.input(dev[3] as never));
        assert.deepEqual(comparable([one]), comparable([expected[3]!]));
      } finally {
        await pipeline.close();
      }
    });
});
