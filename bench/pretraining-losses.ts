import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { JsonObject } from "../src/base/index.js";
import { corpusOf } from "../src/data/corpus/corpus-of.js";
import { corpusRows } from "../src/data/corpus/corpus-rows.js";
import type { GuessedPlaces } from "../src/objectives/index.js";
import type { TaskItem } from "../src/tasks/index.js";
import type { ObjectiveName } from "../src/tasks/pretraining/index.js";
import type { Tokenizer } from "../src/tokenizers/index.js";
import { adamW } from "../src/training/optimizers/index.js";
import { linearSchedule } from "../src/training/schedules/index.js";
import { Trainer } from "../src/training/trainer.js";
import { openArchitecture } from "../src/workflows/open-architecture.js";
import type { OpenModel } from "../src/workflows/open-model.js";
import { openObjective } from "../src/workflows/open-objective.js";
import { lengthOf, modelFeeds } from "../src/workflows/row-layout.js";
import { saveTrained } from "../src/workflows/save-fine-tuned.js";
import { buildGraphs, loadWeights, paddingIdOf } from "../src/workflows/session.js";
import { trainTokenizerFiles } from "../src/workflows/train-tokenizer.js";
import { rowsOfCorpora } from "../src/workflows/training-rows.js";
import { sharedPath } from "../test/shared.js";
import { runToEnd } from "./child-process.js";
import { stateFolder } from "./interleave.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord } from "./record.js";

/** An objective with a small model for it; without dropout, whose masks would differ. */
interface Case {
  readonly objective: ObjectiveName;
  readonly tokenizer: "wordpiece" | "byte-level-bpe";
  readonly config: JsonObject;
}

const cases: readonly Case[] = [
  {
    objective: "masked-lm",
    tokenizer: "wordpiece",
    config: {
      ...{ model_type: "bert", hidden_size: 128, num_hidden_layers: 2, num_attention_heads: 2 },
      ...{ intermediate_size: 512, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
    },
  },
  {
    objective: "causal-lm",
    tokenizer: "byte-level-bpe",
    config: {
      ...{ model_type: "gpt2", n_embd: 128, n_layer: 2, n_head: 2, n_positions: 128 },
      ...{ embd_pdrop: 0, resid_pdrop: 0, attn_pdrop: 0 },
    },
  },
];

/** What a step reads, and what it guesses where. */
type GuessingItem = TaskItem & GuessedPlaces;

const [weightDecay, maxGradientNorm, warmupSteps, seed, rate] = [0.01, 1, 10, 1, 1e-3];
/** The largest relative difference of a step's loss that may be. */
const bound = 1e-3;

/**
 * Does pre-training go as in PyTorch? The same initial weights, batches, hidden tokens and rates: the loss of every step
 * must agree within a thousandth.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      text: { type: "string", default: sharedPath("data/en/tinyshakespeare/input.txt") },
      ...{ steps: { type: "string", default: "100" }, batch: { type: "string", default: "16" } },
      ...{ sequence: { type: "string", default: "64" }, threads: { type: "string", default: "2" } },
    },
  });
  requirePeers();
  const [steps, batch, sequence, threads] = [values.steps, values.batch, values.sequence, values.threads].map(
    Number,
  ) as [number, number, number, number];
  const results: object[] = [];
  for (const each of cases) {
    const folder = join(stateFolder, `pretraining-losses-${each.objective}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const { tokenizer } = await trainTokenizerFiles({
      ...{ model: each.tokenizer, train: [values.text], outputDirectory: join(folder, "tokenizer") },
      vocabularySize: 1000,
      ...(each.tokenizer === "wordpiece" ? {} : { specialTokens: ["<|endoftext|>"] }),
    });
    const ours = await learn(each, { text: values.text, tokenizer, folder, steps, batch, sequence, threads });
    const theirs = await learnInPython(folder);
    const differences = ours.map((loss, i) => Math.abs(loss / theirs[i]! - 1));
    const largest = Math.max(...differences);
    const [first, last] = [ours[0]!, ours.at(-1)!].map((loss) => loss.toFixed(4));
    console.log(
      `  ${each.objective.padEnd(12)}${steps} steps, loss ${first} to ${last}; largest relative difference ${largest.toExponential(1)}`,
    );
    results.push({ objective: each.objective, steps, ours, theirs, largest });
    if (!(largest < bound)) throw new Error(`${each.objective}: the losses differ by ${largest}`);
  }
  const workload = { steps, batch, sequence, rate, bound };
  console.log(`  recorded in ${appendRecord("pretraining-losses", { workload, results })}`);
}

interface Lesson {
  readonly text: string;
  readonly tokenizer: Tokenizer;
  readonly folder: string;
  readonly steps: number;
  readonly batch: number;
  readonly sequence: number;
  readonly threads: number;
}

/** Learn in ours; the initial weights and all that the peer reads are left in the folder. */
async function learn(
  { objective, config }: Case,
  { text, tokenizer, folder, steps, batch, sequence, threads }: Lesson,
): Promise<number[]> {
  const path = join(folder, "architecture.json");
  writeFileSync(path, JSON.stringify(config));
  const model: OpenModel = await openArchitecture(path, { changes: { tokenizer } });
  const { problem } = openObjective({ objective, maxLength: sequence }, model, tokenizer);
  const corpus = corpusOf(readFileSync(text, "utf8").split(/\n\n+/), tokenizer);
  const drawn = corpusRows({ corpora: [{ corpus }], rowLength: problem.rowLength, seed });
  const rows = rowsOfCorpora(drawn, problem, { batchSize: batch, accumulationSteps: 1 });
  const batches = Array.from({ length: steps }, (_, step) => {
    const items = rows.batchesOf(step)[0]! as readonly GuessingItem[];
    return (problem.redraw?.(items, seed, step + 1) ?? items) as readonly GuessingItem[];
  });

  const graphs = buildGraphs(model, problem);
  const { weights } = await loadWeights(model, graphs.parameters, seed);
  const saved = { head: problem.head, configFields: () => ({}) };
  const initial = { outputDirectory: join(folder, "initial"), dtype: "float32" } as const;
  await saveTrained(initial, model, saved, weights as Parameters<typeof saveTrained>[3], tokenizer);
  const schedule = linearSchedule(rate, warmupSteps, steps);
  writeFileSync(
    join(folder, "job.json"),
    JSON.stringify({
      ...{ model: initial.outputDirectory, head: problem.head, batches: batches.map(plainBatch) },
      ...{ rates: batches.map((_, step) => schedule(step)), weightDecay, maxGradientNorm, threads },
    }),
  );
  const trainer = await Trainer.create({
    ...{ loss: graphs.trainingLoss, forwards: new Map(), weights, optimizer: adamW({ weightDecay }) },
    ...{ schedule, maxGradientNorm, runtime: { threads } },
  });
  try {
    const losses: number[] = [];
    for (const items of batches) {
      const targets = problem.targets(items, lengthOf(items), problem.weightOf(items));
      const feeds = new Map([...modelFeeds(items, paddingIdOf(tokenizer)), ...targets]);
      losses.push((await trainer.step([feeds])).loss);
    }
    return losses;
  } finally {
    await trainer.close();
  }
}

/** A batch as the peer reads it: labels stand where they are guessed, -100 elsewhere; padding is 0 and unseen. */
function plainBatch(items: readonly GuessingItem[]): object {
  const length = lengthOf(items);
  const padded = (values: ArrayLike<number>, filler: number): number[] => [
    ...Array.from(values),
    ...new Array<number>(length - values.length).fill(filler),
  ];
  return {
    ids: items.map(({ encoding }) => padded(encoding.ids, 0)),
    mask: items.map(({ encoding }) => padded(new Uint8Array(encoding.ids.length).fill(1), 0)),
    labels: items.map(({ encoding, places, labels }) => {
      const row = new Array<number>(encoding.ids.length).fill(-100);
      for (const [i, place] of places.entries()) row[place] = labels[i]!;
      return padded(row, -100);
    }),
  };
}

async function learnInPython(folder: string): Promise<number[]> {
  const [job, result] = [join(folder, "job.json"), join(folder, "pytorch.json")];
  await runToEnd({
    program: pythonCommand(),
    arguments: [join(peersFolder, "pretraining_losses.py"), job, result],
  });
  if (!existsSync(result)) throw new Error("the Python peer wrote no result");
  return JSON.parse(readFileSync(result, "utf8")).losses;
}
