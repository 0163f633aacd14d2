import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { OptionError } from "../src/base/errors.js";
import { Random } from "../src/base/random.js";
import { repository } from "../test/shared.js";
import { LineProcess } from "./child-process.js";
import { stateFolder, turnOrder } from "./interleave.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";
import { median } from "./statistics.js";

/**
 * What both sides train on: a classifier over BERT of the sizes in `config` (Hugging Face names; random
 * weights) with its dropout, on batches whose rows end in padding, with AdamW and clipping.
 */
export interface TrainStepWorkload {
  readonly seed: number;
  readonly config: Readonly<Record<string, number | string>>;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly maxGradientNorm: number;
  readonly batches: readonly {
    readonly inputIds: readonly (readonly number[])[]; // [batch, sequence]
    readonly attentionMask: readonly (readonly number[])[]; // [batch, sequence]
    readonly labels: readonly number[]; // [batch]
  }[];
}

/** What a side says at the end, as one line of JSON. */
export interface TrainStepReport {
  readonly losses: readonly number[];
  readonly peakBytes: number;
  readonly versions?: Readonly<Record<string, string>>;
}

const bertBase = {
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  hidden_act: "gelu",
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
  num_labels: 2,
};

const sideNames = ["ours", "pytorch"] as const;
type SideName = (typeof sideNames)[number];

// the steps of one side leave threads spinning for a while; the next side begins when they sleep
const pauseMilliseconds = 500;

/** One training step of BERT-base, batch 8 x 128 in float32, with its optimizer: seconds and memory, ours and PyTorch's. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      steps: { type: "string", default: "15" },
      warmup: { type: "string", default: "2" },
      threads: { type: "string", default: "2" },
      only: { type: "string" },
    },
  });
  const names = sideNames.filter(
    (name) => values.only === undefined || values.only.split(",").includes(name),
  );
  if (names.length === 0)
    throw new OptionError(`--only: expected some of ${sideNames.join(", ")}, got ${values.only}`);
  if (names.includes("pytorch")) requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);

  const workload = drawWorkload(20);
  const path = join(stateFolder, "train-step.json");
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(path, JSON.stringify(workload));
  const commands = {
    ours: {
      program: process.execPath,
      arguments: [join(repository, "dist", "bench", "ours-train-step.js"), path, values.threads],
    },
    pytorch: {
      program: pythonCommand(),
      arguments: [join(peersFolder, "train_step.py"), path, values.threads],
    },
  };
  const processes = names.map((name) => ({
    name,
    process: new LineProcess(commands[name]),
    seconds: [] as number[],
  }));
  try {
    for (const side of processes) await side.process.ready();
    const warmup = Number(values.warmup);
    for (let round = 0; round < warmup + Number(values.steps); round++) {
      for (const side of turnOrder(processes, round)) {
        const seconds = await side.process.step();
        if (round >= warmup) side.seconds.push(seconds);
        await pause(pauseMilliseconds);
      }
    }
    const ends = new Map<SideName, SideEnd>();
    for (const { name, process, seconds } of processes) {
      const { report, peakBytes } = await process.end<TrainStepReport>();
      ends.set(name, {
        seconds: median(seconds),
        allSeconds: seconds,
        ...report,
        peakBytes: peakBytes ?? report.peakBytes,
      });
    }
    print(ends);
    const { batches: _, ...settings } = workload;
    const threads = Number(values.threads);
    const measurement = { workload: settings, threads, warning, results: Object.fromEntries(ends) };
    console.log(`  recorded in ${appendRecord("train-step", measurement)}`);
  } finally {
    for (const side of processes) side.process.close();
  }
}

interface SideEnd extends TrainStepReport {
  /** Median of a step. */
  readonly seconds: number;
  readonly allSeconds: readonly number[];
}

function print(ends: ReadonlyMap<SideName, SideEnd>): void {
  for (const [name, { seconds, allSeconds, peakBytes, losses }] of ends) {
    const range = `${Math.min(...allSeconds).toFixed(2)} to ${Math.max(...allSeconds).toFixed(2)}`;
    const memory = `${(peakBytes / 1e9).toFixed(2)} GB`;
    console.log(
      `  ${name.padEnd(10)}${seconds.toFixed(3)} s a step (${range})   peak ${memory}   last loss ${losses.at(-1)?.toFixed(3)}`,
    );
  }
  const [ours, peer] = [ends.get("ours"), ends.get("pytorch")];
  if (ours === undefined || peer === undefined) return;
  const speed = (peer.seconds / ours.seconds).toFixed(2);
  console.log(
    `  ours is ${speed} times as fast, with ${(ours.peakBytes / peer.peakBytes).toFixed(2)} times the memory`,
  );
}

function drawWorkload(seed: number): TrainStepWorkload {
  const random = new Random(seed);
  const [batchSize, length, shortest] = [8, 128, 64];
  const batches = Array.from({ length: 4 }, () => {
    const rows = Array.from({ length: batchSize }, () => {
      const used = shortest + random.integer(length - shortest + 1);
      return Array.from({ length }, (_, i) =>
        i < used ? 1000 + random.integer(bertBase.vocab_size - 1000) : 0,
      );
    });
    return {
      inputIds: rows,
      attentionMask: rows.map((row) => row.map((id) => (id === 0 ? 0 : 1))),
      labels: rows.map(() => random.integer(2)),
    };
  });
  return { seed, config: bertBase, learningRate: 2e-5, weightDecay: 0.01, maxGradientNorm: 1, batches };
}
