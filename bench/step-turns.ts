import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { OptionError } from "../src/base/errors.js";
import { type Command, compiled, LineProcess, type StepAnswer } from "./child-process.js";
import { turnOrder } from "./interleave.js";
import { median } from "./median.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";

const sideNames = ["ours", "openvino", "openvino-bf16", "pytorch", "pytorch-bf16"] as const;
type SideName = (typeof sideNames)[number];

// a step leaves threads spinning for a while; the other side begins when they sleep
const pauseMilliseconds = 500;

/** What is compared: two programs that answer `step`, and the flags that both know, with their defaults. */
export interface StepComparison {
  /** Of the record. */
  readonly name: string;
  /** A file of this folder, compiled. */
  readonly ours: string;
  /** A file of `peers`. */
  readonly peer: string;
  readonly workload: Readonly<Record<string, string>>;
  /** How many tokens a step of this workload reads, where that is told. */
  readonly tokensOf?: (workload: Readonly<Record<string, string>>) => number;
}

/**
 * Run steps of the sides in turns, print the medians, keep a record. Sides are ours on ONNX Runtime and on OpenVINO, and
 * PyTorch, each in float32 or bf16; `--only` names them.
 */
export async function compareSteps(comparison: StepComparison, args: readonly string[]): Promise<void> {
  const settings = { steps: "15", warmup: "2", ...comparison.workload };
  const flagged = Object.entries(settings).map(([name, value]) => {
    return [name, { type: "string", default: value }] as const;
  });
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: "string" }, ...Object.fromEntries(flagged) },
  });
  const { steps, warmup, only, ...workload } = values as Record<string, string>;
  const asked = only?.split(",") ?? ["ours", "pytorch"];
  const names = sideNames.filter((name) => asked.includes(name));
  if (names.length < asked.length)
    throw new OptionError(`--only: expected some of ${sideNames.join(", ")}, got ${only}`);
  if (names.some((name) => name.startsWith("pytorch"))) requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);

  const flags = Object.entries(workload).flatMap(([name, value]) => [`--${name}`, value]);
  const ours = (...more: string[]): Command => ({
    program: process.execPath,
    arguments: [join(compiled, "bench", comparison.ours), ...flags, ...more],
  });
  const pytorch = (...more: string[]): Command => ({
    program: pythonCommand(),
    arguments: [join(peersFolder, comparison.peer), ...flags, ...more],
  });
  const commands: Record<SideName, Command> = {
    ours: ours(),
    openvino: ours("--runtime", "openvino"),
    "openvino-bf16": ours("--runtime", "openvino", "--precision", "bf16"),
    pytorch: pytorch(),
    "pytorch-bf16": pytorch("--bf16"),
  };
  const sides = names.map((name) => ({
    name,
    process: new LineProcess(commands[name]),
    answers: [] as StepAnswer[],
  }));
  try {
    for (let round = 0; round < Number(warmup) + Number(steps); round++) {
      for (const { process, answers } of turnOrder(sides, round)) {
        const answer = await process.step();
        if (round >= Number(warmup)) answers.push(answer);
        await pause(pauseMilliseconds);
      }
    }
  } finally {
    for (const { process } of sides) process.close();
  }
  const results = new Map(sides.map(({ name, answers }) => [name, summarize(answers)]));
  print(results, comparison.tokensOf?.(workload));
  const path = appendRecord(comparison.name, { workload, warning, results: Object.fromEntries(results) });
  console.log(`  recorded in ${path}`);
}

interface Summary {
  /** Median of a step. */
  readonly seconds: number;
  readonly allSeconds: readonly number[];
  readonly peakMemory: number;
  readonly lastLoss: number;
  readonly versions?: Readonly<Record<string, string>>;
}

function summarize(answers: readonly StepAnswer[]): Summary {
  const allSeconds = answers.map((answer) => answer.seconds);
  const { loss: lastLoss, peakMemory, versions } = answers.at(-1)!;
  return { seconds: median(allSeconds), allSeconds, peakMemory, lastLoss, ...(versions && { versions }) };
}

function print(results: ReadonlyMap<SideName, Summary>, tokens: number | undefined): void {
  for (const [name, { seconds, allSeconds, peakMemory, lastLoss }] of results) {
    const range = `${Math.min(...allSeconds).toFixed(2)} to ${Math.max(...allSeconds).toFixed(2)}`;
    const facts = `peak ${(peakMemory / 1e9).toFixed(2)} GB   last loss ${lastLoss.toFixed(3)}`;
    const speed = tokens === undefined ? "" : `   ${Math.round(tokens / seconds)} tokens/s`;
    console.log(`  ${name.padEnd(14)}${seconds.toFixed(3)} s a step (${range})${speed}   ${facts}`);
  }
  for (const [name, own] of results) {
    const peer = results.get(name.endsWith("bf16") ? "pytorch-bf16" : "pytorch");
    if (peer === undefined || name.startsWith("pytorch")) continue;
    const speed = (peer.seconds / own.seconds).toFixed(2);
    const memory = (own.peakMemory / peer.peakMemory).toFixed(2);
    console.log(`  ${name} is ${speed} times as fast as PyTorch, with ${memory} times the peak memory`);
  }
}
