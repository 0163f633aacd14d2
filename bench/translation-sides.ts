import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfigFile } from "../src/cli/config-file.js";
import { writeModelDirectory } from "../src/hub/index.js";
import { bleu, wordSplitters } from "../src/metrics/index.js";
import { foreignWeights } from "../src/models/index.js";
import type { TextPairItem } from "../src/tasks/index.js";
import { schedules } from "../src/training/schedules/index.js";
import { evaluate } from "../src/workflows/evaluate.js";
import { encodeSet, loadRows, taskSettings } from "../src/workflows/load-data.js";
import { openArchitecture } from "../src/workflows/open-architecture.js";
import { openTokenizer } from "../src/workflows/open-tokenizer.js";
import {
  fillFineTuneOptions,
  type GivenOption,
  resolveOptions,
  type TrainOptions,
  trainRows,
} from "../src/workflows/options.js";
import { savedConfig } from "../src/workflows/saved-config.js";
import { buildGraphs, encodeSettings, loadWeights, paddingIdOf } from "../src/workflows/session.js";
import { rowsInMemory } from "../src/workflows/training-rows.js";
import { planRun } from "../src/workflows/training-run.js";
import { compiled, runToEnd } from "./child-process.js";
import { peersFolder, pythonCommand } from "./python.js";

/** One translator that both sides train from the same weights, on the same batches. */
export interface TranslationJob {
  readonly name: string;
  /** What the command is given; the recipe is its config file. */
  readonly flags: Readonly<Record<string, string>>;
  /** The contents of the recipe and of the architecture: other contents, another result. */
  readonly recipe: readonly string[];
  /** How many texts are followed at once in the second of both ways of writing. */
  readonly beamCount: number;
}

/** What one side reached. */
export interface TranslationResult {
  readonly date: string;
  readonly bleu: Written;
  /** Of the peer: the same weights, with our decoder doing the writing. */
  readonly ourDecoder?: Written;
  readonly trainSeconds: number;
  /** From start to exit of the program; ours writes greedily in it, the peer also by beams. */
  readonly wallSeconds: number;
  readonly peakBytes?: number;
  readonly stepCount: number;
  /** The mean loss of so many steps each as `log-every` says. */
  readonly losses: readonly number[];
  readonly versions?: Readonly<Record<string, string>>;
}

interface Written {
  readonly greedy: number;
  readonly beam: number;
}

/** Train by the command line. */
export async function translateOurs(
  job: TranslationJob,
  seed: number,
  folder: string,
): Promise<TranslationResult> {
  const flags = Object.entries({ ...job.flags, seed: `${seed}`, "output-dir": folder });
  const { wallSeconds, peakBytes } = await runToEnd({
    program: process.execPath,
    arguments: [
      ...[join(compiled, "src", "cli", "main.js"), "train", "--overwrite"],
      ...flags.flatMap(([name, value]) => [`--${name}`, value]),
    ],
  });
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const state = read("trainer_state.json");
  const losses: number[] = state.log_history.flatMap(({ loss }: { loss?: number }) => loss ?? []);
  return {
    date: new Date().toISOString(),
    bleu: await writtenBy(folder, job),
    trainSeconds: read("train_results.json").train_runtime,
    ...{ wallSeconds, ...(peakBytes === undefined ? {} : { peakBytes }) },
    ...{ stepCount: state.global_step, losses },
  };
}

/** Train in PyTorch on what our command would have been trained on. */
export async function translateInPyTorch(
  job: TranslationJob,
  seed: number,
  folder: string,
): Promise<TranslationResult> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { logEvery, references } = await writePeerJob(job, seed, folder);
  const [path, result] = [join(folder, "job.json"), join(folder, "result.json")];
  const { wallSeconds, peakBytes } = await runToEnd({
    program: pythonCommand(),
    arguments: [join(peersFolder, "translation.py"), path, result],
  });
  const { losses, seconds, written, versions } = JSON.parse(readFileSync(result, "utf8"));
  for (const { texts, bleu: theirs } of [written.greedy, written.beam]) checkBleu(texts, references, theirs);
  const means = losses.flatMap((_: number, i: number) => {
    const part: number[] = i % logEvery === 0 ? losses.slice(i, i + logEvery) : [];
    return part.length === 0 ? [] : part.reduce((a, b) => a + b, 0) / part.length;
  });
  return {
    date: new Date().toISOString(),
    bleu: { greedy: written.greedy.bleu, beam: written.beam.bleu },
    ourDecoder: await writtenBy(join(folder, "trained"), job),
    ...{ trainSeconds: seconds, wallSeconds, ...(peakBytes === undefined ? {} : { peakBytes }) },
    ...{ stepCount: losses.length, losses: means, versions },
  };
}

/** BLEU of what our decoder writes with a model's weights. */
async function writtenBy(model: string, { flags, beamCount }: TranslationJob): Promise<Written> {
  const scores = [1, beamCount].map(async (beams) => {
    const count = flags["max-validation-examples"];
    const common = {
      ...{ model, data: flags["validation-file"]!, threads: Number(flags["threads"]) },
      ...(count === undefined ? {} : { maxExamples: Number(count) }),
    };
    const { metrics } = await evaluate({ ...common, beamCount: beams });
    return metrics["bleu"]!;
  });
  return { greedy: await scores[0]!, beam: await scores[1]! };
}

/** The two programs that compute BLEU must agree. */
function checkBleu(texts: readonly string[], references: readonly string[], theirs: number): void {
  const own = bleu(
    texts,
    references.map((reference) => [reference]),
    { words: wordSplitters.none },
  ).score;
  if (Math.abs(own - theirs) > 1e-6)
    throw new Error(`BLEU of the same texts: sacrebleu says ${theirs}, ours ${own}`);
}

/** What the command would train with, step by step, as a file for the peer; and its initial model. */
async function writePeerJob(
  { flags, beamCount }: TranslationJob,
  seed: number,
  folder: string,
): Promise<{ readonly logEvery: number; readonly references: readonly string[] }> {
  const { architecture, ...options } = await optionsOf(flags);
  const filled = fillFineTuneOptions({ ...options, seed, model: architecture, outputDirectory: folder });
  const loaded = await loadRows(filled);
  const tokenizer = await openTokenizer({ tokenizer: options.tokenizer });
  const changes = { tokenizer, ...(filled.dropout === undefined ? {} : { dropout: filled.dropout }) };
  const model = await openArchitecture(architecture, { changes });
  const problem = loaded.task.learn(loaded.train.examples, taskSettings(filled));
  const settings = encodeSettings(filled, loaded.task.defaults, model, tokenizer);
  const train = encodeSet(problem, loaded.train, tokenizer, settings);
  const validation = encodeSet(problem, loaded.validation!, tokenizer, settings);
  const plan = planRun(filled, train.items.length, loaded.task.defaults, true);

  const { weights } = await loadWeights(model, buildGraphs(model, problem).parameters, seed);
  const [initial, trained] = [join(folder, "initial"), join(folder, "trained")];
  await writeModelDirectory(initial, {
    config: savedConfig(model, problem),
    weights: foreignWeights(model.architecture, problem.head, weights),
    files: tokenizer.toFiles(),
  });
  mkdirSync(trained);
  for (const name of ["config.json", ...tokenizer.toFiles().keys()])
    copyFileSync(join(initial, name), join(trained, name));

  const steps = Array.from({ length: plan.totalSteps }, (_, step) => step);
  const { accumulationSteps, bucketing } = filled;
  const { batchSize, stepsPerEpoch } = plan;
  const batching = { batchSize, accumulationSteps, stepsPerEpoch, bucketing, seed };
  const rows = rowsInMemory(train, batching, false);
  const schedule = schedules[filled.schedule](plan.learningRate, plan.warmupSteps, plan.totalSteps);
  const items = train.items as readonly TextPairItem[];
  const references: string[] = validation.examples.map(({ target }) => target);
  const job = {
    ...{ initial, weights: join(trained, "model.safetensors"), seed, threads: Number(flags["threads"]) },
    items: items.map(({ encoding, read, labels }) => ({
      source: [...encoding.ids],
      ...{ read: [...read], labels: [...labels] },
    })),
    batches: steps.map((step) =>
      rows
        .batchesOf(step)
        .flat()
        .map(({ example }) => example),
    ),
    rates: steps.map((step) => schedule(step)),
    ...{ weightDecay: filled.weightDecay, maxGradientNorm: filled.maxGradientNorm },
    labelSmoothing: filled.labelSmoothing ?? 0,
    validation: { sources: validation.items.map(({ encoding }) => [...encoding.ids]), references },
    ...{ paddingId: paddingIdOf(tokenizer), endId: settings.endId, startId: items[0]!.read[0] },
    ...{ beamCount, maxNewTokens: settings.maxLength, lengthPenalty: 1 },
  };
  writeFileSync(join(folder, "job.json"), JSON.stringify(job));
  return { logEvery: filled.logEvery, references };
}

/** The options that the command reads from its flags. */
async function optionsOf({ config, ...flags }: TranslationJob["flags"]): Promise<TrainOptions> {
  const given: GivenOption[] = Object.entries(flags).map(([name, value]) => ({ name, value, place: name }));
  return resolveOptions(trainRows, [...(await readConfigFile(config!)), ...given]).options;
}
