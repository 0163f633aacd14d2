import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drawnRows, runningRows, textSet } from "./language-model-text.js";

describe("rows of a language model's steps", () => {
  test("go on from each other, and begin again with the text", () => {
    assert.deepEqual(runningRows(7, 2, 5), [
      { rows: [0, 4], startsAnew: true },
      { rows: [1, 5], startsAnew: false },
      { rows: [2, 6], startsAnew: false }, // the block that has no partner is left out
      { rows: [0, 4], startsAnew: true },
      { rows: [1, 5], startsAnew: false },
    ]);
  });

  test("are drawn, the same ones each time", () => {
    const steps = drawnRows(10, 4, 3);
    assert.deepEqual(steps, drawnRows(10, 4, 3));
    assert.ok(steps.every(({ rows, startsAnew }) => startsAnew && rows.length === 4));
    assert.ok(steps.flatMap(({ rows }) => rows).every((row) => row >= 0 && row < 10));
  });

  test("a set that is not there is told from a file", () => {
    assert.deepEqual(textSet("my/text.txt"), { train: ["my/text.txt"], heldOut: [] });
    assert.throws(() => textSet("wikitext"), /wikitext-2/);
  });
});
