import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, shared } from "../../test/shared.js";
import {
  drawRows,
  evenlySpaced,
  type LabelledRow,
  labelledTask,
  labelledTasks,
  readTask,
} from "./labelled-tasks.js";

describe("labelled rows", () => {
  test("are taken at even distances", () => {
    assert.deepEqual(evenlySpaced([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3), [0, 3, 6]);
    assert.deepEqual(evenlySpaced([0, 1], 3), [0, 1]);
  });

  test("are drawn by the seed, at least one of each label", () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({
      text: `${i}`,
      label: i < 97 ? "often" : `${i}`,
    }));
    for (const seed of [1, 2, 3]) {
      const drawn = drawRows(rows, 6, seed);
      assert.deepEqual(drawn, drawRows(rows, 6, seed));
      assert.equal(new Set(drawn).size, 6);
      assert.deepEqual(new Set(drawn.map(({ label }) => label)), new Set(["often", "97", "98", "99"]));
    }
    assert.notDeepEqual(drawRows(rows, 6, 1), drawRows(rows, 6, 2));
    assert.throws(() => drawRows(rows, 3, 1), /at least one row for each of 4 labels, got 3/);
  });

  const sizes: Readonly<Record<string, readonly [train: number, validation: number, labels: number]>> = {
    areas: [3000, 800, 9],
    groups: [615, 171, 11],
    reviews: [3888, 1000, 3],
    "asked-ja": [3056, 1000, 6],
    entailment: [2434, 1000, 3],
    sst2: [6920, 872, 2],
    news: [5000, 1000, 4],
    "asked-en": [4306, 1000, 6],
  };
  for (const name of Object.keys(labelledTasks))
    test(`${name}: as many as there are, none both learnt and tried`, needs("data", "corpora"), async () => {
      const { train, validation } = await readTask(shared, name);
      const labels = new Set(train.map(({ label }) => label));
      assert.deepEqual([train.length, validation.length, labels.size], sizes[name]);
      assert.match(labelledTask(name).title, new RegExp(`\\(${labels.size}\\)$`));
      const textOf = ({ text, pair }: LabelledRow): string => JSON.stringify([text, pair]);
      const learnt = new Set(train.map(textOf));
      assert.ok(!validation.some((row) => learnt.has(textOf(row))));
    });

  test("of an unknown task are refused", () => {
    assert.throws(() => labelledTask("moods"), /expected names among areas, groups, .*, got moods/);
  });
});
