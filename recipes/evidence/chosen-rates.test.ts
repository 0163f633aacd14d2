import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bestRate, chosenRates, type RateTrial } from "./chosen-rates.js";

const trial = (task: string, labels: string, rate: number, accuracy: number): RateTrial => ({
  ...{ way: "frozen", task, labels, rate, seed: 1, accuracy },
});

describe("chosen rates", () => {
  const trials = [
    ...[trial("a", "200", 1, 0.9), trial("b", "200", 1, 0.1)],
    ...[trial("a", "200", 2, 0.6), trial("b", "200", 2, 0.6)],
    ...[trial("a", "1000", 1, 0.8), trial("b", "1000", 1, 0.8)],
    ...[trial("a", "1000", 2, 0.7), trial("b", "1000", 2, 0.7)],
  ];

  test("are those with the best mean over tasks, at the nearest number of labels", () => {
    assert.deepEqual(
      ["50", "200", "400", "500", "1000", "all"].map((labels) => bestRate(trials, labels)),
      [2, 2, 2, 1, 1, 1],
    );
  });

  test("need a file", async () => {
    await assert.rejects(chosenRates("not-there.jsonl"), /expected a file of tried rates, found none/);
  });
});
