import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drawRows, evenlySpaced, labelledTask } from "./labelled-tasks.js";

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

  test("of an unknown task are refused", () => {
    assert.throws(() => labelledTask("moods"), /expected names among areas, groups, .*, got moods/);
  });
});
