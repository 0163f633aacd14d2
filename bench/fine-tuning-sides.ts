import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, compiled, type Finished } from "./child-process.js";
import type { Split } from "./data-splits.js";
import { startOf } from "./fine-tuning-start.js";
import { peersFolder, pythonCommand } from "./python.js";

/** One fine-tuning that every side does with the same checkpoint, files and settings. */
export interface FineTuningJob extends Split {
  readonly name: string;
  readonly task: "text-classification" | "token-classification" | "question-answering";
  readonly model: string;
  /** Columns by name, or by number from 1 in a file without a header. */
  readonly columns?: { readonly text: string; readonly pair?: string; readonly label: string };
  readonly regression?: boolean;
  /** The score that is compared, without Python's `eval_`. */
  readonly metric: string;
  /** What one point is of the metric as Trainer prints it: 0.01 for shares, 1 for percentages. */
  readonly point: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly warmupSteps: number;
  readonly weightDecay: number;
  readonly maxLength?: number;
  /** Stop early: only to try whether everything runs. */
  readonly maxSteps?: number;
  readonly threads: number;
}

/** What one side reached with one seed. */
export interface FineTuningResult {
  readonly date: string;
  /** After the last epoch. */
  readonly score: number;
  /** From start to exit of the program. */
  readonly wallSeconds: number;
  readonly trainSeconds: number;
  readonly stepCount: number;
  readonly peakBytes?: number;
  readonly versions?: Readonly<Record<string, string>>;
}

/** How a side is started and how its score is read. */
export interface Side {
  readonly isPeer: boolean;
  command(job: FineTuningJob, seed: number, outputDirectory: string): Command;
  result(
    job: FineTuningJob,
    finished: Finished,
    outputDirectory: string,
  ): Omit<FineTuningResult, "date" | "wallSeconds" | "peakBytes">;
}

export const sideNames = [
  "ours",
  "ours-openvino",
  "ours-bf16",
  "ours-bf16-packed",
  "trainer",
  "trainer-grouped",
  "trainer-bf16",
  "ours-alike",
  "trainer-alike",
] as const;
export type SideName = (typeof sideNames)[number];

/**
 * Ours through its command line, on ONNX Runtime, on OpenVINO and there in bf16, also with several texts a row; Python's
 * Trainer as it comes, with batches grouped by length, and in bf16; and both from the same start, without dropout.
 */
export const sides: Record<SideName, Side> = {
  ours: ours(),
  "ours-openvino": ours("--runtime", "openvino"),
  "ours-bf16": ours("--runtime", "openvino", "--precision", "bf16"),
  "ours-bf16-packed": ours("--runtime", "openvino", "--precision", "bf16", "--packing"),
  trainer: trainer(),
  "trainer-grouped": trainer("--group-by-length"),
  "trainer-bf16": trainer("--bf16"),
  "ours-alike": {
    ...ours(),
    command: (job, seed, outputDirectory) =>
      ourCommand({ ...job, model: startOf(job, seed).model }, seed, outputDirectory),
  },
  "trainer-alike": {
    ...trainer(),
    command(job, seed, outputDirectory) {
      const { model, batchesFile } = startOf(job, seed);
      return trainer("--batches", batchesFile).command({ ...job, model }, seed, outputDirectory);
    },
  },
};

function ours(...flags: readonly string[]): Side {
  return { isPeer: false, command: withFlags(ourCommand, flags), result: ourResult };
}

function trainer(...flags: readonly string[]): Side {
  return { isPeer: true, command: withFlags(trainerCommand, flags), result: trainerResult };
}

function withFlags(commandOf: Side["command"], flags: readonly string[]): Side["command"] {
  return (job, seed, outputDirectory) => {
    const command = commandOf(job, seed, outputDirectory);
    return { ...command, arguments: [...command.arguments, ...flags] };
  };
}

function ourCommand(job: FineTuningJob, seed: number, outputDirectory: string): Command {
  return {
    program: process.execPath,
    arguments: [
      join(compiled, "src", "cli", "main.js"),
      "fine-tune",
      ...flags({
        task: job.task,
        model: job.model,
        "train-file": job.trainFile,
        "validation-file": job.validationFile,
        "output-dir": outputDirectory,
        "text-column": job.columns?.text,
        "pair-column": job.columns?.pair,
        "label-column": job.columns?.label,
        seed,
        "learning-rate": job.learningRate,
        "batch-size": job.batchSize,
        epochs: job.epochs,
        "max-steps": job.maxSteps,
        "warmup-steps": job.warmupSteps,
        "weight-decay": job.weightDecay,
        "max-length": job.maxLength,
        threads: job.threads,
        ...withoutCheckpoints,
      }),
    ],
  };
}

/** Trainer writes none on the way either. */
const withoutCheckpoints = { "keep-best": "false", "save-every": 1_000_000 };

// the score after the last epoch, not of the epoch kept as best: Trainer's is that, too
function ourResult(
  job: FineTuningJob,
  _finished: Finished,
  outputDirectory: string,
): ReturnType<Side["result"]> {
  const read = (name: string) => JSON.parse(readFileSync(join(outputDirectory, name), "utf8"));
  const state = read("trainer_state.json");
  const scores: number[] = state.log_history
    .map((entry: Record<string, number>) => entry[`eval_${job.metric}`])
    .filter((score: number | undefined) => score !== undefined);
  return {
    score: scores.at(-1)!,
    trainSeconds: read("train_results.json").train_runtime,
    stepCount: state.global_step,
  };
}

/** Python's Trainer, as it comes. */
export function trainerCommand(job: FineTuningJob, seed: number, outputDirectory: string): Command {
  return {
    program: pythonCommand(),
    arguments: [
      join(peersFolder, "trainer.py"),
      ...flags({
        task: job.task,
        model: job.model,
        "train-file": job.trainFile,
        "validation-file": job.validationFile,
        "output-dir": outputDirectory,
        "text-column": job.columns?.text,
        "pair-column": job.columns?.pair,
        "label-column": job.columns?.label,
        seed,
        "learning-rate": job.learningRate,
        batch: job.batchSize,
        epochs: job.epochs,
        "max-steps": job.maxSteps,
        "warmup-steps": job.warmupSteps,
        "weight-decay": job.weightDecay,
        "max-length": job.maxLength,
        threads: job.threads,
      }),
      ...(job.regression === true ? ["--regression"] : []),
    ],
  };
}

function trainerResult(job: FineTuningJob, finished: Finished): ReturnType<Side["result"]> {
  const { metrics, trainSeconds, stepCount, versions } = JSON.parse(
    finished.stdout.trim().split("\n").at(-1)!,
  );
  return { score: metrics[job.metric], trainSeconds, stepCount, versions };
}

function flags(values: Readonly<Record<string, string | number | undefined>>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, `${value}`],
  );
}
