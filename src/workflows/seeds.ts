import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../hub/index.js";
import { greaterIsBetter, spread } from "../metrics/index.js";
import type { RunContext } from "./events.js";
import type { FineTuneResult, SeedSummary } from "./fine-tune-result.js";
import type { FilledFineTuneOptions, FineTuneOptions } from "./options.js";

/** Run once for each seed, in `seed-<n>` of the output directory; keep the best model and report mean and spread. */
export async function fineTuneSeeds(
  options: FilledFineTuneOptions,
  context: RunContext,
  fineTune: (options: FineTuneOptions, context: RunContext) => Promise<FineTuneResult>,
): Promise<FineTuneResult> {
  const { outputDirectory, seeds: given = [], ...rest } = options;
  const seeds = [...new Set(given)];
  const results: FineTuneResult[] = [];
  for (const [number, seed] of seeds.entries()) {
    context.events?.note?.(`seed ${seed} (${number + 1} of ${seeds.length})`);
    const result = await fineTune(
      { ...rest, seed, outputDirectory: join(outputDirectory, `seed-${seed}`) },
      context,
    );
    results.push(result);
    if (result.interrupted || result.dryRun) return { ...result, outputDirectory };
  }
  const best = bestOf(results, options.bestMetric);
  const names = Object.keys(results[0]?.metrics ?? {});
  const values = (name: string): number[] => results.map(({ metrics }) => metrics[name] ?? Number.NaN);
  const summary: SeedSummary = {
    seeds,
    bestSeed: seeds[results.indexOf(best)]!,
    metrics: Object.fromEntries(names.map((name) => [name, spread(values(name))])),
  };
  for (const name of await readdir(best.outputDirectory))
    if (!/^(checkpoint-\d+|runs)$/.test(name))
      await cp(join(best.outputDirectory, name), join(outputDirectory, name), { recursive: true });
  await writeFileAtomically(join(outputDirectory, "seeds.json"), [`${JSON.stringify(summary, null, 2)}\n`]);
  return { ...best, outputDirectory, seeds: summary, files: { ...best.files, seeds: "seeds.json" } };
}

/** The run whose metric is best: the one asked for, else the first there is; without any, the first run. */
function bestOf(results: readonly FineTuneResult[], metric: string | undefined): FineTuneResult {
  const name = metric ?? Object.keys(results[0]!.metrics)[0];
  if (name === undefined) return results[0]!;
  const sign = greaterIsBetter(name) ? 1 : -1;
  return results.reduce((best, result) =>
    sign * (result.metrics[name] ?? 0) > sign * (best.metrics[name] ?? 0) ? result : best,
  );
}
