import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { temporaryFolder } from "../../test/end-to-end/tiny-model.js";
import { bestRate, chosenRates, type RateTrial } from "./chosen-rates.js";

const trial = (task: string, labels: string, rate: number, accuracy: number): RateTrial => ({
  ...{ way: "frozen", task, labels, rate, seed: 1, model: "m", accuracy },
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
    const isCurrent = (): boolean => true;
    await assert.rejects(
      chosenRates("not-there.jsonl", { isCurrent }),
      /expected a file of tried rates, found none/,
    );
  });

  test("leave out what was tried with a model that is there no more", async (context) => {
    const path = join(await temporaryFolder(context), "rates.jsonl");
    const older = { ...trial("a", "200", 3, 1), model: "older" };
    const lines = [{ settings: {} }, older, ...trials].map((line) => `${JSON.stringify(line)}\n`);
    await writeFile(path, lines.join(""));
    const rateOf = await chosenRates(path, { isCurrent: ({ model }) => model === "m" });
    assert.equal(rateOf("frozen", "200"), 2);
    assert.throws(() => rateOf("n-grams", "200"), /expected trials of n-grams/);
  });
});
