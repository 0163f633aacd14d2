import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Tensor } from "../../src/base/index.js";
import type { AnyProblem, TaskItem } from "../../src/tasks/task.js";
import { textClassification } from "../../src/tasks/text-classification.js";
import type { Feeds } from "../../src/training/index.js";
import { adamW, linearSchedule, sgd, Trainer } from "../../src/training/index.js";
import { evaluate, fineTune } from "../../src/workflows/index.js";
import { openModel } from "../../src/workflows/open-model.js";
import { modelFeeds } from "../../src/workflows/row-layout.js";
import { buildGraphs, loadWeights } from "../../src/workflows/session.js";
import { type TinyWorld, tinyRows, tinyTokenizer, tinyWorld } from "./tiny-model.js";

/** A model for the tiny task in training, its rows, and the feeds of any of them. */
async function ready(
  world: TinyWorld,
  optimizer = adamW(),
): Promise<{
  trainer: Trainer;
  items: readonly TaskItem[];
  feedsOf(rows: readonly TaskItem[], total: number): Feeds;
}> {
  const examples = tinyRows(32, 11).map(({ text, label }) => ({
    ...textClassification.exampleOf(text),
    label,
  }));
  const problem = textClassification.learn(examples, { classWeights: { praise: 3 } }) as AnyProblem;
  const model = await openModel(world.model, { changes: { dropout: 0 } });
  const graphs = buildGraphs(model, problem);
  const { weights } = await loadWeights(model, graphs.parameters, 5);
  const trainer = await Trainer.create({
    loss: graphs.trainingLoss,
    forwards: new Map([["evaluation", graphs.heads]]),
    weights,
    optimizer,
    schedule: linearSchedule(1e-3, 0, 10),
    maxGradientNorm: 1,
    runtime: { threads: 1 },
  });
  return {
    trainer,
    items: problem.encode(examples, tinyTokenizer(), { maxLength: 48, overflow: "truncate", stride: 0 }),
    feedsOf: (rows, total) => {
      const length = Math.max(...rows.map(({ encoding }) => encoding.ids.length));
      return new Map([...modelFeeds(rows, 0), ...problem.targets(rows, length, total)]);
    },
  };
}

/** The largest difference of two arrays, as a share of the largest value. */
function differenceOf(a: Tensor, b: Tensor): number {
  const [x, y] = [a.data as Float32Array, b.data as Float32Array];
  assert.equal(x.length, y.length);
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0) / Math.max(largest, 1e-6);
}

describe("what is computed does not depend on how rows are put together", () => {
  test("4 x 8 rows, added up, give the loss and the gradient of 32", async (t) => {
    const world = await tinyWorld(t);
    const whole = await ready(world, sgd());
    const parts = await ready(world, sgd());
    t.after(() => Promise.all([whole.trainer.close(), parts.trainer.close()]));
    const total = 32 + 2 * tinyRows(32, 11).filter(({ label }) => label === "praise").length;
    for (let step = 0; step < 3; step++) {
      const one = await whole.trainer.step([whole.feedsOf(whole.items, total)]);
      const cut = [0, 8, 16, 24].map((start) => parts.items.slice(start, start + 8));
      const four = await parts.trainer.step(cut.map((rows) => parts.feedsOf(rows, total)));
      assert.ok(Math.abs(one.loss - four.loss) < 1e-6, `loss ${one.loss} and ${four.loss}`);
      assert.ok(Math.abs(one.gradientNorm - four.gradientNorm) < 1e-5 * one.gradientNorm);
      const [a, b] = [await whole.trainer.learner.gradients(), await parts.trainer.learner.gradients()];
      // a key's bias moves all scores of a query alike: its gradient is zero but for rounding
      for (const [name, gradient] of a)
        if (!name.endsWith("key.bias"))
          assert.ok(differenceOf(gradient, b.get(name)!) < 1e-4, `step ${step + 1}, ${name}`);
    }
    const [a, b] = [await whole.trainer.learner.parameters(), await parts.trainer.learner.parameters()];
    for (const [name, value] of a) assert.ok(differenceOf(value, b.get(name)!) < 1e-5, name);
  });

  test("more padding gives the same logits", async (t) => {
    const { trainer, items, feedsOf } = await ready(await tinyWorld(t));
    t.after(() => trainer.close());
    const short = items.filter(({ encoding }) => encoding.ids.length < 8);
    const long = items.filter(({ encoding }) => encoding.ids.length > 12);
    assert.ok(short.length >= 3 && long.length >= 1);
    const alone = (await trainer.learner.forward("evaluation", feedsOf(short, 1))).get("logits")!;
    const padded = (await trainer.learner.forward("evaluation", feedsOf([...short, ...long], 1))).get(
      "logits",
    )!;
    for (let i = 0; i < alone.data.length; i++)
      assert.ok(Math.abs(Number(alone.data[i]) - Number(padded.data[i])) < 1e-5);
  });

  test("evaluation by batches of any size, in training or after it", async (t) => {
    const world = await tinyWorld(t);
    const { model, train, validation } = world;
    const run = await fineTune({
      ...{ model, train, validation, threads: 1, outputDirectory: world.path("run") },
      ...{ maxSteps: 4, batchSize: 8, learningRate: 1e-3, bucketing: false },
    });
    const losses: number[] = [];
    for (const batchSize of [1, 3, 32]) {
      const result = await evaluate({ model: run.outputDirectory, data: validation, batchSize, threads: 1 });
      assert.deepEqual(result.metrics, run.metrics);
      losses.push(result.loss!);
    }
    for (const loss of losses) assert.ok(Math.abs(loss - losses[0]!) < 1e-5, losses.join(" "));
  });
});
