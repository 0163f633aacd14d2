import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { interleave, SavedResults, turnOrder } from "./interleave.js";

describe("interleave", () => {
  test("each round begins with another side", () => {
    assert.deepEqual(turnOrder(["a", "b", "c"], 0), ["a", "b", "c"]);
    assert.deepEqual(turnOrder(["a", "b", "c"], 4), ["b", "c", "a"]);
  });

  test("a run that was cut off goes on where it stopped", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "interleave-"));
    context.after(() => rmSync(folder, { recursive: true }));
    const measured: string[] = [];
    const measure = async (side: string, seed: number): Promise<number> => {
      if (measured.length === 3) throw new Error("cut off");
      measured.push(`${side}${seed}`);
      return seed * 10;
    };
    const saved = (rate: number): SavedResults<number> => new SavedResults("bench", { rate }, folder);
    await assert.rejects(interleave(["a", "b"], [1, 2], saved(0.1), measure), /cut off/);
    assert.deepEqual(measured, ["a1", "b1", "b2"]);

    const rest: string[] = [];
    const results = await interleave(["a", "b"], [1, 2], saved(0.1), async (side, seed) => {
      rest.push(`${side}${seed}`);
      return seed * 10;
    });
    assert.deepEqual(rest, ["a2"]);
    assert.deepEqual(results.get("a"), [10, 20]);
    assert.equal(saved(0.2).get("a", 1), undefined, "other settings share nothing");

    const again = saved(0.1);
    again.forget("a");
    assert.equal(saved(0.1).get("a", 1), undefined);
    assert.equal(saved(0.1).get("b", 1), 10);
  });
});
