import { after, before, describe, test } from "node:test";
import { Random } from "../../src/base/index.js";
import { type DomainWorld, domainFlags, domainWorld } from "./domain-runs.js";
import { checkKilledRuns } from "./killed-runs.js";
import { tinyFlags, tinyWorld } from "./tiny-model.js";

let domain: DomainWorld;
before(async () => {
  domain = await domainWorld();
});
after(() => domain.remove());

describe("random kills, each run ends in the same bytes", () => {
  test("50 of fine-tune", async (t) => {
    const world = await tinyWorld(t);
    const { runCount } = await checkKilledRuns(["fine-tune", ...tinyFlags(world)], world.path, {
      ...{ killCount: 50, random: new Random(50) },
    });
    t.diagnostic(`in ${runCount} runs`);
  });

  for (const command of ["pretrain", "adapt", "distill"] as const)
    test(`20 of ${command}`, async (t) => {
      const path = (name: string): string => domain.path(`${command}-${name}`);
      const { runCount } = await checkKilledRuns([command, ...domainFlags(domain, command)], path, {
        ...{ killCount: 20, random: new Random(51) },
      });
      t.diagnostic(`in ${runCount} runs`);
    });
});
