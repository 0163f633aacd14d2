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

describe("kill -9: a run that is killed and resumed, again and again, ends in the same bytes", () => {
  test("fine-tune", async (t) => {
    const world = await tinyWorld(t);
    await checkKilledRuns(["fine-tune", ...tinyFlags(world)], world.path, {
      ...{ killCount: 4, random: new Random(3) },
    });
  });

  for (const command of ["pretrain", "adapt", "distill"] as const)
    test(command, async () => {
      const path = (name: string): string => domain.path(`${command}-${name}`);
      await checkKilledRuns([command, ...domainFlags(domain, command)], path, {
        ...{ killCount: 2, random: new Random(5) },
      });
    });
});
