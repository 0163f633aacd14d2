import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { Random } from "../../src/base/index.js";
import { type KillMoment, randomMoment, runProgram, runWithKills, weightsDigest } from "./killed-runs.js";
import { tinyFlags, tinyWorld } from "./tiny-model.js";

test("50 random kills, each run ends in the same bytes", async (t) => {
  const world = await tinyWorld(t);
  const flags = tinyFlags(world);
  const { milliseconds } = await runProgram(flags, world.path("whole"));
  const expected = await weightsDigest(world.path("whole"));
  const random = new Random(50);
  const moments: KillMoment[] = [];
  const moment = (): KillMoment => {
    moments.push(randomMoment(random, milliseconds));
    return moments.at(-1)!;
  };
  let kills = 0;
  let runs = 0;
  for (; kills < 50; runs++) {
    const path = world.path(`killed-${runs}`);
    kills += await runWithKills(flags, path, Math.min(5, 50 - kills), moment);
    assert.equal(
      await weightsDigest(path),
      expected,
      `run ${runs}, killed at ${JSON.stringify(moments.slice(-6))}`,
    );
    await rm(path, { recursive: true });
  }
  t.diagnostic(`${kills} kills in ${runs} runs`);
});
