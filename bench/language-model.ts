import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../src/base/index.js";
import { guessColumns, readRows, splitTail } from "../src/data/index.js";
import { leaves } from "../src/engine/index.js";
import { writeModelDirectory } from "../src/hub/index.js";
import { bitsPer } from "../src/metrics/index.js";
import { foreignWeights, matchWeights } from "../src/models/index.js";
import { forInference, forTraining } from "../src/nn/index.js";
import { type BlockItem, languageModelling } from "../src/tasks/index.js";
import type { Tokenizer } from "../src/tokenizers/index.js";
import { adamW } from "../src/training/optimizers/index.js";
import { linearSchedule } from "../src/training/schedules/index.js";
import { Trainer } from "../src/training/trainer.js";
import { openArchitecture } from "../src/workflows/open-architecture.js";
import type { OpenModel } from "../src/workflows/open-model.js";
import { modelFeeds } from "../src/workflows/run-items.js";
import { paddingIdOf } from "../src/workflows/session.js";
import { textBounds } from "../src/workflows/text-bounds.js";
import { trainTokenizerFiles } from "../src/workflows/train-tokenizer.js";
import { sharedPath } from "../test/shared.js";
import { runToEnd } from "./child-process.js";
import { stateFolder } from "./interleave.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";

/** The flags and what they are where nothing is said. */
const defaults = {
  text: sharedPath("data/en/tinyshakespeare/input.txt"),
  family: "gpt2",
  ...{ layers: "4", hidden: "128", sequence: "128", batch: "8", vocabulary: "1000" },
  ...{ steps: "100", rate: "1e-3", threads: "2" },
};

/** Sizes and settings of a comparison. */
interface Job {
  readonly text: string;
  readonly family: string;
  readonly layers: number;
  readonly hidden: number;
  readonly sequence: number;
  readonly batch: number;
  readonly vocabulary: number;
  readonly steps: number;
  readonly rate: number;
  readonly threads: number;
}

/** What a side reached. */
interface Outcome {
  /** The loss of each step, before it. */
  readonly losses: readonly number[];
  /** Mean cross-entropy of the held-out text after the last step. */
  readonly heldOut: number;
  readonly seconds: number;
}

const problem = languageModelling.learn([], {});
const [weightDecay, maxGradientNorm] = [0.01, 1];

/**
 * Does a language model learn here as in PyTorch? The same text, initial weights, batches and rates (no dropout, whose
 * masks would differ): the loss of every step, and bits a byte of the last tenth of the text.
 */
export async function run(args: readonly string[]): Promise<void> {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, { type: "string", default: value } as const]),
  );
  const { text, family, ...numbers } = parseArgs({ args: [...args], options }).values;
  const sizes = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, Number(value)]));
  const job = { text, family, ...sizes } as unknown as Job;
  requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);

  const folder = join(stateFolder, "language-model");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const tokenizer = await learnTokenizer(job, folder);
  const model = await openModelOf(job, folder, tokenizer);
  const { train, heldOut } = await readBlocks(job, model, tokenizer);
  const batches = drawBatches(job, train);
  const byteCount = heldOut.reduce((sum, { byteCounts }) => sum + byteCounts.reduce((a, b) => a + b, 0), 0);

  const ours = await trainOurs(job, model, batches, heldOut, tokenizer, folder);
  const theirs = await trainTheirs(job, batches, heldOut, folder);
  const difference = Math.max(...ours.losses.map((loss, i) => Math.abs(loss / theirs.losses[i]! - 1)));
  const tokens = batches.flat().reduce((sum, { labels }) => sum + labels.length, 0);
  const rows = Object.entries({ ours, pytorch: theirs }).map(([side, outcome]) => ({
    side,
    firstLoss: outcome.losses[0],
    lastLoss: outcome.losses.at(-1),
    perplexity: Math.exp(outcome.heldOut),
    bitsPerByte: bitsPer(outcome.heldOut * tokenCountOf(heldOut), byteCount),
    tokensPerSecond: tokens / outcome.seconds,
  }));
  for (const row of rows)
    console.log(
      `  ${row.side.padEnd(10)}loss ${row.firstLoss!.toFixed(4)} to ${row.lastLoss!.toFixed(4)}, held out: perplexity ${row.perplexity.toFixed(2)}, ${row.bitsPerByte.toFixed(4)} bits a byte; ${Math.round(row.tokensPerSecond)} tokens/s`,
    );
  console.log(`  largest relative difference of a step's loss: ${difference.toExponential(1)}`);
  console.log(`  recorded in ${appendRecord("language-model", { job, warning, difference, rows })}`);
}

/** A byte-level tokenizer of the text. */
async function learnTokenizer(job: Job, folder: string): Promise<Tokenizer> {
  const { tokenizer } = await trainTokenizerFiles({
    ...{ model: "byte-level-bpe", train: [job.text], outputDirectory: join(folder, "tokenizer") },
    ...{ vocabularySize: job.vocabulary, specialTokens: ["<|endoftext|>"] },
  });
  return tokenizer;
}

function openModelOf(job: Job, folder: string, tokenizer: Tokenizer): Promise<OpenModel> {
  const heads = Math.max(1, job.hidden / 32);
  const forms: Readonly<Record<string, object>> = {
    gpt2: {
      ...{ n_embd: job.hidden, n_layer: job.layers, n_head: heads, n_positions: job.sequence },
      ...{ embd_pdrop: 0, resid_pdrop: 0, attn_pdrop: 0 },
    },
    llama: {
      ...{ hidden_size: job.hidden, num_hidden_layers: job.layers, num_attention_heads: heads },
      ...{ intermediate_size: 3 * job.hidden, max_position_embeddings: job.sequence },
    },
  };
  const path = join(folder, "architecture.json");
  const form = job.family === "llama" ? forms["llama"] : forms["gpt2"];
  writeFileSync(path, JSON.stringify({ model_type: job.family, ...form }));
  return openArchitecture(path, { changes: { tokenizer } });
}

async function readBlocks(
  job: Job,
  model: OpenModel,
  tokenizer: Tokenizer,
): Promise<{ readonly train: readonly BlockItem[]; readonly heldOut: readonly BlockItem[] }> {
  const rows = await readRows(job.text, { textRunsOn: true });
  const { examples } = languageModelling.readExamples(rows, guessColumns("language-modelling", rows));
  const parts = splitTail(examples, 0.1);
  const settings = { maxLength: job.sequence, overflow: "stride", stride: 0 } as const;
  const bounds = textBounds(model.config, tokenizer);
  const encode = (part: typeof examples): readonly BlockItem[] =>
    problem.encode(part, tokenizer, { ...settings, ...bounds });
  return { train: encode(parts.train), heldOut: encode(parts.validation) };
}

function drawBatches({ steps, batch }: Job, items: readonly BlockItem[]): BlockItem[][] {
  const random = new Random(1).fork("batches");
  return Array.from({ length: steps }, () =>
    Array.from({ length: batch }, () => items[random.integer(items.length)]!),
  );
}

const tokenCountOf = (items: readonly BlockItem[]): number => problem.weightOf(items);

function feedsOf(items: readonly BlockItem[], paddingId: number): ReturnType<typeof modelFeeds> {
  const length = Math.max(...items.map(({ encoding }) => encoding.ids.length));
  return new Map([...modelFeeds(items, paddingId), ...problem.targets(items, length, tokenCountOf(items))]);
}

async function trainOurs(
  job: Job,
  { architecture, network, config }: OpenModel,
  batches: readonly BlockItem[][],
  heldOut: readonly BlockItem[],
  tokenizer: Tokenizer,
  folder: string,
): Promise<Outcome> {
  const inputs = problem.inputs!();
  const loss = problem.loss(network.build("causal-lm", 0, inputs, forTraining()), true);
  const evaluated = problem.loss(network.build("causal-lm", 0, inputs, forInference()), false);
  const parameters = leaves([loss], "parameter");
  const { weights } = matchWeights(architecture, parameters, new Map(), new Random(1), "nowhere");
  const named = { ...config, architectures: [architecture.classNames.get("causal-lm")!] };
  await writeModelDirectory(join(folder, "initial"), {
    config: named,
    weights: foreignWeights(architecture, "causal-lm", weights),
    files: tokenizer.toFiles(),
  });
  const trainer = await Trainer.create({
    ...{ loss, forwards: new Map([["evaluation", new Map([["loss", evaluated]])]]), weights },
    ...{
      optimizer: adamW({ weightDecay }),
      schedule: linearSchedule(job.rate, 10, job.steps),
      maxGradientNorm,
    },
    runtime: { threads: job.threads },
  });
  try {
    const paddingId = paddingIdOf(tokenizer);
    const losses: number[] = [];
    const started = performance.now();
    for (const items of batches) losses.push((await trainer.step([feedsOf(items, paddingId)])).loss);
    const seconds = (performance.now() - started) / 1000;
    let nats = 0;
    for (let first = 0; first < heldOut.length; first += 32) {
      const items = heldOut.slice(first, first + 32);
      const outputs = await trainer.learner.forward("evaluation", feedsOf(items, paddingId));
      nats += Number(outputs.get("loss")!.data[0]) * tokenCountOf(items);
    }
    return { losses, heldOut: nats / tokenCountOf(heldOut), seconds };
  } finally {
    await trainer.close();
  }
}

async function trainTheirs(
  job: Job,
  batches: readonly BlockItem[][],
  heldOut: readonly BlockItem[],
  folder: string,
): Promise<Outcome> {
  const plain = (items: readonly BlockItem[]): object[] =>
    items.map(({ encoding, labels }) => ({ ids: [...encoding.ids], labels: [...labels] }));
  const schedule = linearSchedule(job.rate, 10, job.steps);
  const [path, result] = [join(folder, "job.json"), join(folder, "pytorch.json")];
  writeFileSync(
    path,
    JSON.stringify({
      model: join(folder, "initial"),
      batches: batches.map(plain),
      heldOut: plain(heldOut),
      rates: batches.map((_, step) => schedule(step)),
      ...{ weightDecay, maxGradientNorm, threads: job.threads },
    }),
  );
  const script = join(peersFolder, "language_model.py");
  await runToEnd({ program: pythonCommand(), arguments: [script, path, result] });
  if (!existsSync(result)) throw new Error("the Python peer wrote no result");
  return JSON.parse(readFileSync(result, "utf8"));
}
