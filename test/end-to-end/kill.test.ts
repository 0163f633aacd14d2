import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { describe, test } from "node:test";
import { Random } from "../../src/base/index.js";
import { randomMoment, runProgram, runWithKills, weightsDigest } from "./killed-runs.js";
import { tinyFlags, tinyWorld } from "./tiny-model.js";

describe("kill -9", () => {
  test("a run that is killed and resumed, again and again, ends in the same bytes", async (t) => {
    const world = await tinyWorld(t);
    const flags = tinyFlags(world);
    const { milliseconds } = await runProgram(flags, world.path("whole"));
    const expected = await weightsDigest(world.path("whole"));
    const random = new Random(3);
    let kills = 0;
    for (let run = 0; kills < 4; run++) {
      const path = world.path(`killed-${run}`);
      kills += await runWithKills(flags, path, 4 - kills, () => randomMoment(random, milliseconds));
      assert.equal(await weightsDigest(path), expected);
      const left = (await readdir(path)).filter((name) => name.includes("unfinished"));
      assert.deepEqual(left, [], "pieces of killed writes are left");
    }
  });
});
