import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { RunContext } from "../../src/workflows/events.js";
import type { TrainingResult } from "../../src/workflows/index.js";
import { temporaryFolder } from "../../test/end-to-end/tiny-model.js";
import { pacedTraining, type RunPart } from "./paced-training.js";

const quiet = (): void => {};

/** Training whose steps take some processor time; the parts that it was asked for are kept. */
function workingTraining(): {
  readonly asked: RunPart[];
  readonly train: (part: RunPart, context: RunContext) => Promise<TrainingResult>;
} {
  const asked: RunPart[] = [];
  return {
    asked,
    async train(part, { events }) {
      asked.push(part);
      for (let done = 1; done <= Math.min(part.maxSteps, 40); done++) {
        const end = performance.now() + 3;
        while (performance.now() < end);
        events?.progress?.({ phase: "train", done, total: part.maxSteps });
      }
      return { steps: part.maxSteps, metrics: { loss: 1 } } as unknown as TrainingResult;
    },
  };
}

describe("paced training", () => {
  test("has as many steps as fit into the minutes, and is done once", async (context) => {
    const folder = join(await temporaryFolder(context), "run");
    const { asked, train } = workingTraining();
    const trained = await pacedTraining({ folder, budget: { minutes: 0.01 }, settings: {} }, train, quiet);
    assert.equal(trained.steps, Math.round(0.6 / trained.secondsPerStep!));
    assert.ok(trained.secondsPerStep! > 0);
    assert.deepEqual(
      asked.map(({ maxSteps, resume }) => [maxSteps, resume]),
      [
        [40, false],
        [trained.steps, true],
      ],
    );
    const again = await pacedTraining({ folder, budget: { minutes: 0.01 }, settings: {} }, train, quiet);
    assert.deepEqual([again.steps, again.metrics], [trained.steps, { loss: 1 }]);
    assert.equal(asked.length, 2);
  });

  test("that was stopped goes on with the number of steps that was found before", async (context) => {
    const folder = join(await temporaryFolder(context), "run");
    const { asked, train } = workingTraining();
    const stopped = async (part: RunPart, run: RunContext): Promise<TrainingResult> => {
      const result = await train(part, run);
      if (part.resume) throw new Error("stopped");
      return result;
    };
    await assert.rejects(
      pacedTraining({ folder, budget: { minutes: 0.01 }, settings: {} }, stopped, quiet),
      /stopped/,
    );
    await pacedTraining({ folder, budget: { minutes: 0.01 }, settings: {} }, train, quiet);
    assert.equal(asked.length, 3);
    assert.equal(asked[2]!.maxSteps, asked[1]!.maxSteps);
  });

  test("has the steps that are asked for", async (context) => {
    const folder = join(await temporaryFolder(context), "run");
    const { asked, train } = workingTraining();
    await pacedTraining({ folder, budget: { steps: 7 }, settings: {} }, train, quiet);
    assert.deepEqual(
      asked.map(({ maxSteps }) => maxSteps),
      [7],
    );
  });

  test("of other settings is not taken for this one", async (context) => {
    const folder = join(await temporaryFolder(context), "run");
    const { train } = workingTraining();
    await pacedTraining({ folder, budget: { steps: 7 }, settings: { model: "a" } }, train, quiet);
    await assert.rejects(
      pacedTraining({ folder, budget: { steps: 8 }, settings: { model: "a" } }, train, quiet),
      /expected a run with the settings \{"steps":8,"model":"a"\}, got \{"steps":7,"model":"a"\}/,
    );
  });
});
