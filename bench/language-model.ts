import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { OptionError } from "../src/base/errors.js";
import { bitsPer } from "../src/metrics/index.js";
import type { Tokenizer } from "../src/tokenizers/index.js";
import { openArchitecture } from "../src/workflows/open-architecture.js";
import type { OpenModel } from "../src/workflows/open-model.js";
import { textBounds } from "../src/workflows/text-bounds.js";
import { repository } from "../test/shared.js";
import { stateFolder, turnOrder } from "./interleave.js";
import { type Learner, type Lesson, ourLearner, peerLearner } from "./language-model-sides.js";
import { drawnRows, learnTokenizer, readBlocks, runningRows, textSet } from "./language-model-text.js";
import { median } from "./median.js";
import { requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";

/** Sizes and settings of a comparison. */
interface Job {
  readonly data: string;
  readonly model: ModelName;
  readonly layers: number;
  readonly hidden: number;
  readonly sequence: number;
  readonly batch: number;
  readonly vocabulary: number;
  readonly steps: number;
  readonly rate: number;
  readonly dropout: number;
  /** How many steps a side takes before the other has its turn. */
  readonly turn: number;
  readonly threads: number;
}

type Sizes = Omit<Job, "data" | "model">;

const transformer: Sizes = {
  ...{ layers: 4, hidden: 256, sequence: 128, batch: 16, vocabulary: 4000, steps: 600, rate: 1e-3 },
  ...{ dropout: 0, turn: 20, threads: 2 },
};
const recurrent: Sizes = { ...transformer, layers: 2, hidden: 512, sequence: 35, batch: 20, steps: 2000 };

/** What a model is where nothing is said, and its config.json. */
const models = {
  gpt: { sizes: transformer, config: gpt("gpt2") },
  "openai-gpt": { sizes: transformer, config: gpt("openai-gpt") },
  llama: { sizes: transformer, config: llama },
  lstm: { sizes: recurrent, config: lstm },
};
type ModelName = keyof typeof models;

/** What this bench can be told. */
export const languageModelUsage: string =
  "--data tinyshakespeare|wikitext-2|aozora|FILE  --model gpt|openai-gpt|llama|lstm  --layers N  --hidden N  " +
  "--sequence N  --batch N  --vocabulary N (4000)  --steps N  --rate X (1e-3)  --dropout X (0)  --turn N (20)  --threads N (2)  --trial (not recorded)";

// a step leaves threads spinning for a while; the other side begins when they sleep
const pauseMilliseconds = 500;

/** What a side reached. */
interface Outcome {
  /** The loss of each step, before it. */
  losses: number[];
  /** The time of each turn. */
  seconds: number[];
  /** Mean cross-entropy of the held-out tokens after the last step. */
  heldOut: number;
}

/**
 * Does a language model learn here as in PyTorch, and how fast? The same text, initial weights, batches and rates, in
 * turns of some steps: the loss of every step, perplexity and bits a byte of text held out, tokens a second. Without
 * dropout, whose masks differ, both learn the same.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { job, isTrial } = readJob(args);
  requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const folder = join(stateFolder, "language-model");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  const lesson = await prepare(job, folder);
  const bytes = lesson.heldOut.reduce(
    (sum, { byteCounts }) => sum + byteCounts.reduce((a, b) => a + b, 0),
    0,
  );
  const heldOutTokens = lesson.heldOut.length * job.sequence;
  console.log(
    `  ${lesson.model.network.description}, ${lesson.train.length * job.sequence} tokens to learn from, ${heldOutTokens} held out`,
  );
  const ours = await ourLearner(lesson);
  const sides = { ours, pytorch: peerLearner(lesson) };
  const outcomes = await teach(sides, job).finally(async () => {
    for (const side of Object.values(sides)) await side.close();
  });

  const rows = Object.entries(outcomes).map(([side, { losses, seconds, heldOut }]) => ({
    side,
    ...{ firstLoss: losses[0]!, lastLoss: losses.at(-1)! },
    perplexity: Math.exp(heldOut),
    bitsPerByte: bitsPer(heldOut * heldOutTokens, bytes),
    tokensPerSecond: (job.turn * job.batch * job.sequence) / median(seconds),
    totalSeconds: seconds.reduce((a, b) => a + b, 0),
  }));
  const [own, theirs] = rows as [(typeof rows)[0], (typeof rows)[0]];
  const comparison = {
    lossDifference: Math.max(
      ...outcomes.ours.losses.map((loss, i) => Math.abs(loss / outcomes.pytorch.losses[i]! - 1)),
    ),
    perplexityRatio: own.perplexity / theirs.perplexity,
    speed: own.tokensPerSecond / theirs.tokensPerSecond,
  };
  for (const row of rows)
    console.log(
      `  ${row.side.padEnd(10)}loss ${row.firstLoss.toFixed(4)} to ${row.lastLoss.toFixed(4)}, held out: perplexity ${row.perplexity.toFixed(2)}, ${row.bitsPerByte.toFixed(4)} bits a byte; ${Math.round(row.tokensPerSecond)} tokens/s`,
    );
  const { lossDifference, perplexityRatio, speed } = comparison;
  console.log(
    `  ours / pytorch: perplexity ${perplexityRatio.toFixed(4)}, ${speed.toFixed(2)} times as fast; ` +
      `largest relative difference of a step's loss ${lossDifference.toExponential(1)}`,
  );
  if (isTrial) console.log("  a trial: not recorded");
  else console.log(`  recorded in ${appendRecord("language-model", { job, warning, rows, comparison })}`);
}

function readJob(args: readonly string[]): { readonly job: Job; readonly isTrial: boolean } {
  const names = Object.keys(transformer);
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string", default: "tinyshakespeare" },
      model: { type: "string", default: "gpt" },
      trial: { type: "boolean", default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: "string" } as const])),
    },
  });
  const { data, model, trial: isTrial, ...numbers } = values;
  if (!Object.hasOwn(models, model))
    throw new OptionError(`--model: expected one of ${Object.keys(models).join(", ")}, got ${model}`);
  const given = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)]));
  const job: Job = { data, model: model as ModelName, ...models[model as ModelName].sizes, ...given };
  if (job.model === "llama" && job.dropout > 0)
    throw new OptionError(`--dropout: expected 0, since llama has none, got ${job.dropout}`);
  if (job.steps % job.turn === 0) return { job, isTrial };
  throw new OptionError(`--steps: expected a multiple of --turn (${job.turn}), got ${job.steps}`);
}

async function prepare(job: Job, folder: string): Promise<Lesson> {
  const set = textSet(job.data);
  const tokenizer = await learnTokenizer(set, job.vocabulary, folder);
  const model = await openModelOf(job, folder, tokenizer);
  const { train, heldOut } = await readBlocks(set, tokenizer, {
    ...textBounds(model.config, tokenizer),
    maxLength: job.sequence,
  });
  const rowsOf = model.network.carriesState === true ? runningRows : drawnRows;
  const steps = rowsOf(train.length, job.batch, job.steps);
  return { ...{ model, tokenizer, train, heldOut, steps, folder }, rate: job.rate, threads: job.threads };
}

/** Both sides learn in turns; each round begins with the other one. */
async function teach<Side extends string>(
  sides: Readonly<Record<Side, Learner>>,
  { steps, turn }: Job,
): Promise<Record<Side, Outcome>> {
  const names = Object.keys(sides) as Side[];
  const outcomes = Object.fromEntries(
    names.map((name) => [name, { losses: [], seconds: [], heldOut: Number.NaN }]),
  ) as unknown as Record<Side, Outcome>;
  for (let round = 0; round < steps / turn; round++)
    for (const name of turnOrder(names, round)) {
      const { losses, seconds } = await sides[name].learn(turn);
      outcomes[name].losses.push(...losses);
      outcomes[name].seconds.push(seconds);
      await pause(pauseMilliseconds);
    }
  for (const name of names) outcomes[name].heldOut = await sides[name].evaluate();
  return outcomes;
}

function openModelOf(job: Job, folder: string, tokenizer: Tokenizer): Promise<OpenModel> {
  const path = join(folder, "architecture.json");
  writeFileSync(path, JSON.stringify(models[job.model].config(job)));
  return openArchitecture(relative(repository, path), { changes: { tokenizer } });
}

function gpt(modelType: string): (sizes: Sizes) => object {
  return ({ hidden, layers, sequence, dropout }) => ({
    ...{ model_type: modelType, n_embd: hidden, n_layer: layers, n_head: Math.max(1, hidden / 32) },
    ...{ n_positions: sequence, embd_pdrop: dropout, resid_pdrop: dropout, attn_pdrop: dropout },
  });
}

function llama({ hidden, layers, sequence }: Sizes): object {
  return {
    ...{ model_type: "llama", hidden_size: hidden, num_hidden_layers: layers },
    ...{ num_attention_heads: Math.max(1, hidden / 32), intermediate_size: 3 * hidden },
    max_position_embeddings: sequence,
  };
}

function lstm({ hidden, layers, dropout }: Sizes): object {
  return {
    ...{ model_type: "lstm-lm", hidden_size: hidden, num_hidden_layers: layers, dropout },
    carries_state: true,
  };
}
