import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Candidate, chooseBatches } from "./choose-batches.js";
import { secondsOf } from "./forecast-time.js";
import type { BatchSizes } from "./run-batches.js";

/** A run that takes 100 bytes, 10 a row of training and 5 a row of evaluation. */
function candidate(sizes: BatchSizes): Candidate {
  const [training, evaluation] = [10 * sizes.batchSize, 5 * sizes.evaluationBatchSize];
  const memory = { training, evaluation, peak: 100 + training + evaluation } as Candidate["memory"];
  return { sizes, memory, batches: { stepsPerEpoch: 0, steps: [], validation: [], test: [] } };
}

describe("batches that fit into memory", () => {
  const asked = { batchSize: 12, accumulationSteps: 2, evaluationBatchSize: 32 };
  const chosen = (limit: number): BatchSizes | undefined => chooseBatches(asked, limit, candidate)?.sizes;

  test("are the largest, with as many rows an update", () => {
    assert.deepEqual(chosen(1000), { batchSize: 24, accumulationSteps: 1, evaluationBatchSize: 32 });
    assert.deepEqual(chosen(250), { batchSize: 12, accumulationSteps: 2, evaluationBatchSize: 4 });
    assert.deepEqual(chosen(165), { batchSize: 6, accumulationSteps: 4, evaluationBatchSize: 1 });
    assert.deepEqual(chosen(115), { batchSize: 1, accumulationSteps: 24, evaluationBatchSize: 1 });
  });

  test("are none where single rows are too much", () => assert.equal(chosen(114), undefined));
});

test("seconds lie on straight lines between what was measured, and in proportion beyond", () => {
  const measured = [
    { places: 100, seconds: 1 },
    { places: 300, seconds: 5 },
  ];
  assert.equal(secondsOf(measured, [100, 200, 300]), 1 + 3 + 5);
  assert.equal(secondsOf(measured, [50]), 0.5);
  assert.equal(secondsOf(measured, [600]), 10);
  assert.equal(secondsOf(measured, []), 0);
});
