import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { OptionError } from "../src/base/errors.js";
import { runToEnd } from "./child-process.js";
import { type FineTuningJob, type FineTuningResult, type SideName, sides } from "./fine-tuning-sides.js";
import { interleave, SavedResults, stateFolder } from "./interleave.js";
import { requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";
import { mean, variance, welchInterval } from "./statistics.js";

/** What the fine-tuning benches can be told. */
export interface FineTuningOptions {
  readonly seedCount: number;
  readonly only: readonly SideName[];
  /** Sides whose saved results are measured again. */
  readonly again: readonly SideName[];
  readonly jobs: readonly string[] | undefined;
  readonly threads: number;
  readonly maxSteps?: number;
}

export const fineTuningUsage: string =
  "--seeds N (5)  --only ours,trainer,...  --again ours,...  --jobs NAME,...  --threads N (2)  --max-steps N (a trial)";

/** Read the options of a fine-tuning bench that compares `known` sides. */
export function readFineTuningOptions(
  args: readonly string[],
  known: readonly SideName[],
): FineTuningOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "5" },
      only: { type: "string" },
      again: { type: "string" },
      jobs: { type: "string" },
      threads: { type: "string", default: "2" },
      "max-steps": { type: "string" },
    },
  });
  const sidesIn = (text: string | undefined): SideName[] | undefined =>
    text?.split(",").map((name) => {
      const side = known.find((candidate) => candidate === name);
      if (side === undefined) throw new OptionError(`expected sides among ${known.join(", ")}, got ${name}`);
      return side;
    });
  const maxSteps = values["max-steps"];
  return {
    seedCount: Number(values.seeds),
    only: sidesIn(values.only) ?? known,
    again: sidesIn(values.again) ?? [],
    jobs: values.jobs?.split(","),
    threads: Number(values.threads),
    ...(maxSteps === undefined ? {} : { maxSteps: Number(maxSteps) }),
  };
}

/** Fine-tune on every side with every seed, in turns; print and record how ours compares with the others. */
export async function compareFineTuning(
  bench: string,
  job: FineTuningJob,
  options: FineTuningOptions,
): Promise<void> {
  if (options.only.some((name) => sides[name].isPeer)) requirePeers();
  const warning = loadWarning();
  console.log(
    `\n  ${job.name}   ${job.threads} threads, ${options.seedCount} seeds, sides ${options.only.join(", ")}`,
  );
  if (warning !== undefined) console.log(`  ${warning}`);
  const saved = new SavedResults<FineTuningResult>(`${bench}-${job.name}`, job);
  for (const side of options.again) saved.forget(side);
  const seeds = Array.from({ length: options.seedCount }, (_, i) => i + 1);
  const results = await interleave(options.only, seeds, saved, (side, seed) => fineTune(side, job, seed));
  printResults(job, results);
  if (job.maxSteps !== undefined) console.log("  a trial with --max-steps: not recorded");
  else {
    const measurement = {
      job,
      seeds,
      warning,
      results: Object.fromEntries(results),
      comparison: compare(job, results),
    };
    console.log(`  recorded in ${appendRecord(bench, measurement)}`);
  }
}

async function fineTune(name: SideName, job: FineTuningJob, seed: number): Promise<FineTuningResult> {
  mkdirSync(stateFolder, { recursive: true });
  const outputDirectory = join(mkdtempSync(join(stateFolder, "output-")), "model");
  try {
    const finished = await runToEnd(sides[name].command(job, seed, outputDirectory));
    const { wallSeconds, peakBytes } = finished;
    const result = {
      date: new Date().toISOString(),
      ...sides[name].result(job, finished, outputDirectory),
      wallSeconds,
      ...(peakBytes === undefined ? {} : { peakBytes }),
    };
    console.log(`  seed ${seed}  ${name.padEnd(16)}${describe(job, result)}`);
    return result;
  } finally {
    rmSync(join(outputDirectory, ".."), { recursive: true, force: true });
  }
}

interface Comparison {
  readonly peer: SideName;
  /** Ours minus the peer's, in points; undefined with fewer than two seeds. */
  readonly points: { mean: number; low: number; high: number } | undefined;
  readonly wallRatio: number;
  readonly trainRatio: number;
}

function compare(job: FineTuningJob, results: ReadonlyMap<SideName, FineTuningResult[]>): Comparison[] {
  const ours = results.get("ours");
  if (ours === undefined) return [];
  const points = (of: readonly FineTuningResult[]): number[] => of.map(({ score }) => score / job.point);
  const ratio = (key: "wallSeconds" | "trainSeconds", peer: readonly FineTuningResult[]): number =>
    mean(ours.map((result) => result[key])) / mean(peer.map((result) => result[key]));
  const peers = [...results].filter(([name]) => sides[name].isPeer);
  return peers.map(([peer, theirs]) => ({
    peer,
    points: welchInterval(points(ours), points(theirs)),
    wallRatio: ratio("wallSeconds", theirs),
    trainRatio: ratio("trainSeconds", theirs),
  }));
}

function printResults(job: FineTuningJob, results: ReadonlyMap<SideName, FineTuningResult[]>): void {
  console.log();
  for (const [name, of] of results) {
    const scores = of.map(({ score }) => score);
    const spread = Math.sqrt(variance(scores));
    const wall = mean(of.map(({ wallSeconds }) => wallSeconds));
    const train = mean(of.map(({ trainSeconds }) => trainSeconds));
    console.log(
      `  ${name.padEnd(16)}${job.metric} ${mean(scores).toFixed(4)} ± ${spread.toFixed(4)}` +
        `   wall ${wall.toFixed(1)} s, training ${train.toFixed(1)} s`,
    );
  }
  for (const { peer, points, wallRatio, trainRatio } of compare(job, results)) {
    const interval =
      points === undefined
        ? "no interval with fewer than two seeds that differ"
        : `${points.mean.toFixed(2)} points, 95 % interval ${points.low.toFixed(2)} to ${points.high.toFixed(2)}`;
    console.log(`  ours - ${peer}: ${interval}`);
    console.log(
      `  ours / ${peer}: wall time ${wallRatio.toFixed(3)}, training alone ${trainRatio.toFixed(3)}`,
    );
  }
}

function describe(job: FineTuningJob, result: FineTuningResult): string {
  const peak = result.peakBytes === undefined ? "" : `, ${(result.peakBytes / 1e9).toFixed(2)} GB`;
  const times = `wall ${result.wallSeconds.toFixed(1)} s, training ${result.trainSeconds.toFixed(1)} s`;
  return `${job.metric} ${result.score.toFixed(4)}   ${times}, ${result.stepCount} steps${peak}`;
}
