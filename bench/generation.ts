import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { OptionError } from "../src/base/errors.js";
import { Random } from "../src/base/index.js";
import { decoderGraphs, decoderParameters } from "../src/generation/index.js";
import { writeModelDirectory } from "../src/hub/index.js";
import { architectureOf, foreignWeights, matchWeights } from "../src/models/index.js";
import { type Command, compiled, LineProcess, type StepAnswer } from "./child-process.js";
import { stateFolder, turnOrder } from "./interleave.js";
import { median } from "./median.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";

const sideNames = ["ours", "transformers"] as const;
type SideName = (typeof sideNames)[number];

/** What a side answers for a text. */
interface GenerationAnswer extends StepAnswer {
  readonly tokens: readonly number[];
  /** Bytes a second at which memory is read; the peer measures it. */
  readonly bandwidth?: number;
}

interface Side {
  readonly name: SideName;
  readonly beams: number;
  readonly process: LineProcess;
  readonly answers: GenerationAnswer[];
}

// a text leaves threads spinning for a while; the other side begins when they sleep
const pauseMilliseconds = 500;

/**
 * Tokens a second of a GPT-2 of the small size (random weights, float32), greedy and with 4 beams, beside Python's
 * transformers in turns; whether the texts agree; and how near reading all weights for each step comes to what memory
 * gives.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "5" },
      only: { type: "string" },
      threads: { type: "string", default: "2" },
      prompt: { type: "string", default: "32" },
      tokens: { type: "string", default: "128" },
      beams: { type: "string", default: "1,4" },
      layers: { type: "string", default: "12" },
      hidden: { type: "string", default: "768" },
    },
  });
  const { rounds, only, beams, layers, hidden, ...workload } = values;
  const names = sideNames.filter((name) => only === undefined || only.split(",").includes(name));
  if (names.length === 0)
    throw new OptionError(`--only: expected some of ${sideNames.join(", ")}, got ${only}`);
  if (names.includes("transformers")) requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const { directory, weightBytes } = await randomModel(Number(layers), Number(hidden));
  const flags = Object.entries({ ...workload, model: directory }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
  const results = [];
  for (const beamCount of beams.split(",").map(Number)) {
    const sides = names.map(
      (name): Side => ({
        name,
        beams: beamCount,
        process: new LineProcess(command(name, [...flags, "--beams", String(beamCount)])),
        answers: [],
      }),
    );
    try {
      for (let round = -1; round < Number(rounds); round++)
        for (const { process, answers } of turnOrder(sides, Math.max(0, round))) {
          const answer = (await process.step()) as GenerationAnswer;
          if (round >= 0) answers.push(answer); // the first one warms up
          await pause(pauseMilliseconds);
        }
    } finally {
      for (const { process } of sides) process.close();
    }
    results.push(summarize(sides, weightBytes));
  }
  for (const result of results) print(result);
  const path = appendRecord("generation", { workload: { ...workload, layers, hidden }, warning, results });
  console.log(`  recorded in ${path}`);
}

/** What was measured with some number of beams. */
interface Result {
  readonly beams: number;
  /** Of each side, tokens a second: the median, and those of all rounds. */
  readonly speeds: Readonly<
    Partial<Record<SideName, { readonly median: number; readonly all: readonly number[] }>>
  >;
  readonly peakMemory: Readonly<Partial<Record<SideName, number>>>;
  readonly sameTokens: boolean | undefined;
  /** Bytes of weights that our side read a second, and what memory gives. */
  readonly weightBytesPerSecond: number | undefined;
  readonly bandwidth: number | undefined;
  readonly versions: Readonly<Record<string, string>> | undefined;
}

function summarize(sides: readonly Side[], weightBytes: number): Result {
  const speedsOf = ({ answers }: Side): number[] =>
    answers.map(({ seconds, tokens }) => tokens.length / seconds);
  const entries = sides.map(
    (side) => [side.name, { median: median(speedsOf(side)), all: speedsOf(side) }] as const,
  );
  const speeds = Object.fromEntries(entries) as Result["speeds"];
  const last = sides.map(({ answers }) => answers.at(-1)!);
  const [first, second] = last.map(({ tokens }) => tokens.join());
  return {
    beams: sides[0]!.beams,
    speeds,
    peakMemory: Object.fromEntries(sides.map(({ name, answers }) => [name, answers.at(-1)!.peakMemory])),
    sameTokens: second === undefined ? undefined : first === second,
    weightBytesPerSecond: speeds.ours === undefined ? undefined : speeds.ours.median * weightBytes,
    bandwidth: last.find(({ bandwidth }) => bandwidth !== undefined)?.bandwidth,
    versions: last.find(({ versions }) => versions !== undefined)?.versions,
  };
}

function print({ beams, speeds, peakMemory, sameTokens, weightBytesPerSecond, bandwidth }: Result): void {
  console.log(`  ${beams === 1 ? "greedy" : `${beams} beams`}`);
  for (const name of sideNames) {
    const speed = speeds[name];
    if (speed === undefined) continue;
    const range = `${Math.min(...speed.all).toFixed(1)} to ${Math.max(...speed.all).toFixed(1)}`;
    const memory = `peak ${(peakMemory[name]! / 1e9).toFixed(2)} GB`;
    console.log(`    ${name.padEnd(14)}${speed.median.toFixed(1)} tokens a second (${range})   ${memory}`);
  }
  if (speeds.ours !== undefined && speeds.transformers !== undefined) {
    const ratio = (speeds.ours.median / speeds.transformers.median).toFixed(2);
    console.log(`    ours is ${ratio} times as fast; the texts ${sameTokens ? "agree" : "differ"}`);
  }
  if (weightBytesPerSecond === undefined || bandwidth === undefined) return;
  const share = ((100 * weightBytesPerSecond) / bandwidth).toFixed(0);
  const [read, given] = [weightBytesPerSecond, bandwidth].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB/s`);
  console.log(`    weights are read at ${read}, ${share} % of the ${given} that memory gives`);
}

function command(name: SideName, flags: readonly string[]): Command {
  if (name === "ours")
    return {
      program: process.execPath,
      arguments: [join(compiled, "bench", "ours-generation.js"), ...flags],
    };
  return { program: pythonCommand(), arguments: [join(peersFolder, "generation.py"), ...flags] };
}

/** A checkpoint with random weights, made once; and the bytes of weights that a step reads. */
async function randomModel(
  layers: number,
  hidden: number,
): Promise<{ readonly directory: string; readonly weightBytes: number }> {
  const directory = join(stateFolder, `gpt2-${layers}x${hidden}`);
  const config = {
    model_type: "gpt2",
    architectures: ["GPT2LMHeadModel"],
    ...{ n_layer: layers, n_embd: hidden, n_head: hidden / 64, vocab_size: 50257, n_positions: 1024 },
  };
  const architecture = architectureOf(config, directory);
  const graphs = decoderGraphs(architecture.readConfig(config, directory).decoder!);
  const parameters = decoderParameters(graphs);
  const sizes = parameters.map(({ shape }) => shape.reduce<number>((a, b) => a * Number(b), 1));
  // of the table of positions a step reads one row; the table of words is the output matrix too
  const weightBytes = 4 * (sizes.reduce((a, b) => a + b, 0) - 1024 * hidden);
  if (!existsSync(join(directory, "config.json"))) {
    console.log(`  making a model of ${(weightBytes / 1e6).toFixed(0)} MB`);
    const { weights } = matchWeights(architecture, parameters, new Map(), new Random(1), directory);
    await writeModelDirectory(directory, {
      config,
      weights: foreignWeights(architecture, "causal-lm", weights),
    });
  }
  return { directory, weightBytes };
}
