import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { OptionError, UnavailableError } from "../src/base/errors.js";
import { readRows } from "../src/data/index.js";
import { spearman } from "../src/metrics/index.js";
import { exportModel } from "../src/workflows/index.js";
import { sharedPath } from "../test/shared.js";
import { type Command, compiled, LineProcess, type StepAnswer } from "./child-process.js";
import { stateFolder, turnOrder } from "./interleave.js";
import { median } from "./median.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";

const sides = [
  "ours",
  "ours-packing",
  "ours-int8",
  "ours-openvino",
  "ours-openvino-bf16",
  "transformers.js",
  "transformers.js-q8",
  "sentence-transformers",
] as const;
type Side = (typeof sides)[number];

/** How each side compares with ours: `ratio` is its time over ours. */
const rival: Readonly<Partial<Record<Side, Side>>> = {
  "ours-packing": "ours",
  "ours-openvino": "ours",
  "ours-openvino-bf16": "ours",
  "transformers.js": "ours",
  "transformers.js-q8": "ours-int8",
  "sentence-transformers": "ours",
};

/** What each side of ours is started with. */
const ourFlags: Readonly<Partial<Record<Side, readonly string[]>>> = {
  ours: [],
  "ours-packing": ["--packing"],
  "ours-int8": ["--precision", "int8"],
  "ours-openvino": ["--runtime", "openvino"],
  "ours-openvino-bf16": ["--runtime", "openvino", "--precision", "bf16"],
};

/** Without those whose runtime need not be there. */
const usualSides = sides.filter((side) => !side.startsWith("ours-openvino"));

/** What the passes of a side took. */
type Times = { readonly seconds: number[]; readonly processorSeconds: number[] };

/**
 * Seconds to turn the sentences of SST-2's dev file into vectors by all-MiniLM-L6-v2, in batches and one by one;
 * in turns with transformers.js (onnxruntime-node over the same weights) and sentence-transformers (PyTorch). How good
 * the vectors are is Spearman's correlation of their cosines with the scores of STS-B's dev pairs.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "7" },
      batch: { type: "string", default: "32" },
      singles: { type: "string", default: "100" },
      threads: { type: "string", default: "2" },
      limit: { type: "string", default: "1000000" },
      only: { type: "string", default: usualSides.join(",") },
    },
  });
  const wanted = values.only.split(",") as Side[];
  const wrong = wanted.find((side) => !sides.includes(side));
  if (wrong !== undefined)
    throw new OptionError(`--only: expected some of ${sides.join(", ")}, got ${wrong}`);
  if (wanted.includes("sentence-transformers")) requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);

  const folder = join(stateFolder, "embeddings");
  mkdirSync(folder, { recursive: true });
  const model = sharedPath("models/all-MiniLM-L6-v2");
  const exported = join(folder, "exported");
  if (wanted.some((side) => side.startsWith("transformers.js")) && !existsSync(join(exported, "onnx")))
    await exportModel({ model, outputDirectory: exported, quantize: "int8" });
  const texts = join(folder, "texts.txt");
  const limit = Number(values.limit);
  const sentences = (await rowsOf("data/en/sst2/dev.tsv")).slice(0, limit);
  writeFileSync(texts, sentences.map(([text]) => `${text}\n`).join(""));
  const { path, scores } = await pairsOf(folder, limit);

  const { batch, singles, threads } = values;
  const flags = ["--texts", texts, "--batch", batch, "--singles", singles, "--threads", threads];
  const taken = new Map<string, Map<Side, Times>>(
    ["batches", "single"].map((kind) => [
      kind,
      new Map(wanted.map((side) => [side, { seconds: [], processorSeconds: [] }])),
    ]),
  );
  const [correlations, facts] = [new Map<Side, number>(), new Map<Side, StepAnswer>()];
  const programs = new Map(
    wanted.map((side) => [side, new LineProcess(commandOf(side, model, exported, flags))]),
  );
  try {
    for (const [side, program] of programs) {
      facts.set(side, await program.ask(`vectors ${path}`));
      correlations.set(side, correlationOf(`${path}.f32`, scores));
    }
    // each side has the machine for itself while its turn lasts; the first round only warms up
    for (let round = 0; round <= Number(values.rounds); round++)
      for (const side of turnOrder(wanted, round))
        for (const [kind, times] of taken) {
          const { seconds, processorSeconds } = await programs.get(side)!.ask(kind);
          if (round === 0) continue;
          times.get(side)!.seconds.push(seconds);
          times.get(side)!.processorSeconds.push(processorSeconds!);
        }
  } finally {
    for (const program of programs.values()) program.close();
  }
  print(taken, correlations);
  const results = Object.fromEntries(
    wanted.map((side) => [
      side,
      {
        batches: taken.get("batches")!.get(side),
        single: taken.get("single")!.get(side),
        spearman: correlations.get(side),
        versions: facts.get(side)?.versions,
      },
    ]),
  );
  console.log(
    `  recorded in ${appendRecord("embeddings", { warning, settings: { batch, singles, threads, texts: sentences.length, pairs: scores.length }, results })}`,
  );
}

function commandOf(side: Side, model: string, exported: string, flags: readonly string[]): Command {
  if (side === "sentence-transformers")
    return {
      program: pythonCommand(),
      arguments: [join(peersFolder, "embeddings.py"), "--model", model, ...flags],
    };
  if (side.startsWith("transformers.js")) {
    if (!existsSync(join(peersFolder, "node_modules", "@huggingface", "transformers")))
      throw new UnavailableError("the peer transformers.js is not installed", {
        hint: "npm run bench -- setup installs it into bench/peers/node_modules",
      });
    const more = side === "transformers.js-q8" ? ["--int8"] : [];
    const script = join(peersFolder, "embeddings.mjs");
    return { program: process.execPath, arguments: [script, "--model", exported, ...flags, ...more] };
  }
  const script = join(compiled, "bench", "ours-embeddings.js");
  return { program: process.execPath, arguments: [script, "--model", model, ...flags, ...ourFlags[side]!] };
}

/** The rows of a file of ours, each a list of its columns. */
async function rowsOf(file: string): Promise<string[][]> {
  const { rows } = await readRows(sharedPath(file));
  return rows.map(({ fields }) => Object.values(fields).map(String));
}

/** The sentences of STS-B's dev pairs, two lines a pair, and their scores. */
async function pairsOf(folder: string, limit: number): Promise<{ path: string; scores: number[] }> {
  const pairs = (await rowsOf("data/en/stsb/stsb-en-dev.csv")).slice(0, limit);
  const path = join(folder, "pairs.txt");
  writeFileSync(path, pairs.map(([a, b]) => `${a}\n${b}\n`).join(""));
  return { path, scores: pairs.map((fields) => Number(fields[2])) };
}

/** Spearman's correlation of the cosines of neighbours with scores, in percent. */
function correlationOf(path: string, scores: readonly number[]): number {
  const bytes = readFileSync(path);
  rmSync(path);
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const size = all.length / (2 * scores.length);
  const cosines = scores.map((_, i) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += all[2 * i * size + k]! * all[(2 * i + 1) * size + k]!;
    return sum;
  });
  return 100 * spearman.compute(scores, cosines);
}

function print(
  taken: ReadonlyMap<string, ReadonlyMap<Side, Times>>,
  correlations: ReadonlyMap<Side, number>,
): void {
  for (const [kind, times] of taken) {
    console.log(`\n  ${kind}`);
    for (const [side, { seconds, processorSeconds }] of times) {
      const [own, spent] = [median(seconds), median(processorSeconds)];
      const against = rival[side] === undefined ? undefined : times.get(rival[side]);
      const compared =
        against &&
        [own / median(against.seconds), spent / median(against.processorSeconds)]
          .map((ratio) => ratio.toFixed(2))
          .join(" and ");
      console.log(
        `    ${side.padEnd(24)}${own.toFixed(3)} s, ${spent.toFixed(3)} s of the processor   ` +
          `Spearman ${correlations.get(side)!.toFixed(2)}   ` +
          (compared === undefined ? "" : `${rival[side]} is ${compared} times as fast`),
      );
    }
  }
}
