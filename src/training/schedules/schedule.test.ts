import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../../test/shared.js";
import {
  constantSchedule,
  cosineRestartsSchedule,
  cosineSchedule,
  inverseSquareRootSchedule,
  linearSchedule,
  noamSchedule,
  oneCycleSchedule,
  polynomialSchedule,
  type Schedule,
  schedules,
  slantedTriangularSchedule,
} from "./index.js";

const golden = "golden/optim/schedules.json";

/** By the golden's name: our schedule with its settings. */
const cases: Record<string, Schedule> = {
  linear: linearSchedule(1, 5, 25),
  cosine: cosineSchedule(1, 5, 25),
  cosine_with_restarts: cosineRestartsSchedule(1, 5, 25, 3),
  polynomial: polynomialSchedule(1, 5, 25, { power: 2, endRate: 0.01 }),
  constant: constantSchedule(1, 0, 25),
  constant_with_warmup: constantSchedule(1, 5, 25),
  inverse_sqrt: inverseSquareRootSchedule(1, 5),
  noam: noamSchedule(1 / Math.sqrt(512 * 10), 10),
  one_cycle: oneCycleSchedule(1, 0.3 * 25, 25),
  // the golden rounds a tenth of 25 steps down to 2 and falls over nine times as many, to below zero: over its last
  // steps ours stays at the lowest rate
  slanted_triangular: slantedTriangularSchedule(1, 2, 20),
};

describe("learning rates step by step as in Python", needs(golden), () => {
  test("all schedules of the golden are here", () => {
    assert.deepEqual(Object.keys(sharedJson(golden)).sort(), Object.keys(cases).sort());
  });
  for (const [name, schedule] of Object.entries(cases))
    test(name, () => {
      const rates: number[] = sharedJson(golden)[name].lr;
      const lowest = name === "slanted_triangular" ? 1 / 32 : 0;
      for (const [step, rate] of rates.entries()) {
        const expected = Math.max(lowest, rate);
        assert.ok(
          Math.abs(schedule(step) - expected) < 1e-12,
          `step ${step}: ${schedule(step)}, not ${rate}`,
        );
      }
    });
});

describe("every schedule", () => {
  for (const [name, schedule] of Object.entries(schedules))
    test(`${name}: never above the rate asked for nor below zero, with and without warm-up`, () => {
      for (const [warmup, total] of [
        [0, 1],
        [0, 20],
        [1, 20],
        [5, 20],
        [20, 20],
      ] as const) {
        const rates = Array.from({ length: total + 2 }, (_, step) => schedule(3e-5, warmup, total)(step));
        assert.ok(rates.every(Number.isFinite), `${warmup} of ${total}: ${rates}`);
        assert.ok(Math.max(...rates) <= 3e-5 * (1 + 1e-12) && Math.min(...rates) >= 0, String(rates));
        if (warmup === 5) assert.ok(Math.max(...rates) > 2.9e-5, "the rate is reached");
      }
    });
});
