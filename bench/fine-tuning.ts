import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { OptionError } from "../src/base/errors.js";
import { differenceInterval, type Interval, spread } from "../src/metrics/spread.js";
import { repository } from "../test/shared.js";
import { runToEnd } from "./child-process.js";
import {
  type FineTuningJob,
  type FineTuningResult,
  type SideName,
  sideNames,
  sides,
} from "./fine-tuning-sides.js";
import { interleave, SavedResults, stateFolder } from "./interleave.js";
import { requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";

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

/** Read the options of a fine-tuning bench that compares the sides in `usual` unless `--only` names others. */
export function readFineTuningOptions(
  args: readonly string[],
  usual: readonly SideName[],
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
      const side = sideNames.find((candidate) => candidate === name);
      if (side === undefined)
        throw new OptionError(`expected sides among ${sideNames.join(", ")}, got ${name}`);
      return side;
    });
  const maxSteps = values["max-steps"];
  return {
    seedCount: Number(values.seeds),
    only: sidesIn(values.only) ?? usual,
    again: sidesIn(values.again) ?? [],
    jobs: values.jobs?.split(","),
    threads: Number(values.threads),
    ...(maxSteps === undefined ? {} : { maxSteps: Number(maxSteps) }),
  };
}

/** Fine-tune on every side with every seed, in turns; print and record how ours compares with the others. */
export async function compareFineTuning(
  bench: string,
  given: FineTuningJob,
  options: FineTuningOptions,
): Promise<void> {
  const job = relativePaths(given);
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

// every side runs from the repository's root, and records are to read the same on every machine
function relativePaths(job: FineTuningJob): FineTuningJob {
  const [model, trainFile, validationFile] = [job.model, job.trainFile, job.validationFile].map((path) =>
    relative(repository, path),
  );
  return { ...job, model: model!, trainFile: trainFile!, validationFile: validationFile! };
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
  readonly ours: SideName;
  readonly peer: SideName;
  /** Ours minus the peer's mean, in points. */
  readonly points: number;
  /** The 95 % interval of that difference; undefined with fewer than two seeds. */
  readonly interval: Interval | undefined;
  readonly wallRatio: number;
  readonly trainRatio: number;
}

function compare(job: FineTuningJob, results: ReadonlyMap<SideName, FineTuningResult[]>): Comparison[] {
  const points = (of: readonly FineTuningResult[]): number[] => of.map(({ score }) => score / job.point);
  const meanOf = (of: readonly FineTuningResult[], key: "wallSeconds" | "trainSeconds"): number =>
    spread(of.map((result) => result[key])).mean;
  const peers = [...results].filter(([name]) => sides[name].isPeer);
  const own = [...results].filter(([name]) => !sides[name].isPeer);
  return own.flatMap(([ours, of]) =>
    peers.map(([peer, theirs]) => ({
      ours,
      peer,
      points: spread(points(of)).mean - spread(points(theirs)).mean,
      interval: intervalOf(ours, points(of), points(theirs)),
      wallRatio: meanOf(of, "wallSeconds") / meanOf(theirs, "wallSeconds"),
      trainRatio: meanOf(of, "trainSeconds") / meanOf(theirs, "trainSeconds"),
    })),
  );
}

/** Of runs from the same start the differences count, pair by pair. */
function intervalOf(ours: SideName, of: readonly number[], theirs: readonly number[]): Interval | undefined {
  if (of.length < 2) return undefined;
  return ours === "ours-alike"
    ? spread(of.map((score, i) => score - theirs[i]!)).interval
    : differenceInterval(of, theirs);
}

function printResults(job: FineTuningJob, results: ReadonlyMap<SideName, FineTuningResult[]>): void {
  console.log();
  for (const [name, of] of results) {
    const score = spread(of.map((result) => result.score));
    const wall = spread(of.map((result) => result.wallSeconds)).mean.toFixed(1);
    const train = spread(of.map((result) => result.trainSeconds)).mean.toFixed(1);
    const range = score.deviation === undefined ? "" : ` ± ${score.deviation.toFixed(4)}`;
    const facts = `${job.metric} ${score.mean.toFixed(4)}${range}   wall ${wall} s, training ${train} s`;
    console.log(`  ${name.padEnd(16)}${facts}`);
  }
  for (const { ours, peer, points, interval, wallRatio, trainRatio } of compare(job, results)) {
    const range =
      interval === undefined
        ? "no interval from one seed"
        : `95 % interval ${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`;
    console.log(`  ${ours} - ${peer}: ${points.toFixed(2)} points, ${range}`);
    console.log(
      `  ${ours} / ${peer}: wall time ${wallRatio.toFixed(3)}, training alone ${trainRatio.toFixed(3)}`,
    );
  }
}

function describe(job: FineTuningJob, result: FineTuningResult): string {
  const peak = result.peakBytes === undefined ? "" : `, ${(result.peakBytes / 1e9).toFixed(2)} GB`;
  const times = `wall ${result.wallSeconds.toFixed(1)} s, training ${result.trainSeconds.toFixed(1)} s`;
  return `${job.metric} ${result.score.toFixed(4)}   ${times}, ${result.stepCount} steps${peak}`;
}
