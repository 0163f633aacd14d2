import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeModelDirectory } from "../src/hub/index.js";
import { foreignWeights } from "../src/models/index.js";
import { type BlockItem, languageModelling } from "../src/tasks/index.js";
import type { Tokenizer } from "../src/tokenizers/index.js";
import { adamW } from "../src/training/optimizers/index.js";
import { linearSchedule } from "../src/training/schedules/index.js";
import { Trainer } from "../src/training/trainer.js";
import type { OpenModel } from "../src/workflows/open-model.js";
import { lengthOf, modelFeeds } from "../src/workflows/row-layout.js";
import { evaluationOutputs, runItems } from "../src/workflows/run-items.js";
import { savedConfig } from "../src/workflows/saved-config.js";
import { buildGraphs, loadWeights, paddingIdOf } from "../src/workflows/session.js";
import { LineProcess } from "./child-process.js";
import type { StepRows } from "./language-model-text.js";
import { peersFolder, pythonCommand } from "./python.js";

/** What both sides are given. */
export interface Lesson {
  readonly model: OpenModel;
  readonly tokenizer: Tokenizer;
  readonly train: readonly BlockItem[];
  readonly heldOut: readonly BlockItem[];
  readonly steps: readonly StepRows[];
  /** The highest learning rate; it rises in ten steps and falls to zero. */
  readonly rate: number;
  readonly threads: number;
  /** The peer's files, and the initial model. */
  readonly folder: string;
}

/** A language model in training, that is taught in turns with another. */
export interface Learner {
  /** So many further steps; the loss of each before it, and the time of all. */
  learn(count: number): Promise<{ readonly losses: readonly number[]; readonly seconds: number }>;
  /** The mean cross-entropy of the tokens held out. */
  evaluate(): Promise<number>;
  close(): Promise<void>;
}

const problem = languageModelling.learn([], {});
const [weightDecay, maxGradientNorm, warmupSteps, seed] = [0.01, 1, 10, 1];

/** Ours. */
export async function ourLearner({ model, tokenizer, ...lesson }: Lesson): Promise<Learner> {
  const { train, heldOut, steps, rate, threads, folder } = lesson;
  const graphs = buildGraphs(model, problem);
  const { weights } = await loadWeights(model, graphs.parameters, seed);
  await writeModelDirectory(join(folder, "initial"), {
    config: savedConfig(model, problem),
    weights: foreignWeights(model.architecture, problem.head, weights),
    files: tokenizer.toFiles(),
  });
  const trainer = await Trainer.create({
    loss: graphs.trainingLoss,
    forwards: new Map([["evaluation", evaluationOutputs(graphs, true)]]),
    state: graphs.trainingState,
    ...{ weights, optimizer: adamW({ weightDecay }), maxGradientNorm, runtime: { threads } },
    schedule: linearSchedule(rate, warmupSteps, steps.length),
  });
  const paddingId = paddingIdOf(tokenizer);
  return {
    async learn(count) {
      const losses: number[] = [];
      const started = performance.now();
      for (const { rows, startsAnew } of steps.slice(trainer.stepCount, trainer.stepCount + count)) {
        const items = rows.map((row) => train[row]!);
        const targets = problem.targets(items, lengthOf(items), problem.weightOf(items));
        const feeds = new Map([...modelFeeds(items, paddingId), ...targets]);
        losses.push((await trainer.step([feeds], { startsAnew })).loss);
      }
      return { losses, seconds: (performance.now() - started) / 1000 };
    },
    async evaluate() {
      const state = graphs.evaluationState;
      const settings = { batchSize: 32, layout: { paddingId }, withLoss: true, state };
      return (await runItems(trainer.learner, "evaluation", problem, heldOut, settings)).loss!;
    },
    close: () => trainer.close(),
  };
}

/** PyTorch's, from our initial weights: ours must have been made before. */
export function peerLearner({ train, heldOut, steps, rate, threads, folder }: Lesson): Learner {
  const path = join(folder, "job.json");
  const plain = (items: readonly BlockItem[]): object[] =>
    items.map(({ encoding, labels }) => ({ ids: [...encoding.ids], labels: [...labels] }));
  const schedule = linearSchedule(rate, warmupSteps, steps.length);
  const rates = steps.map((_, step) => schedule(step));
  const job = { model: join(folder, "initial"), train: plain(train), heldOut: plain(heldOut), steps, rates };
  writeFileSync(path, JSON.stringify({ ...job, weightDecay, maxGradientNorm, threads, seed }));
  const child = new LineProcess({
    program: pythonCommand(),
    arguments: [join(peersFolder, "language_model.py"), path],
  });
  return {
    async learn(count) {
      const { losses = [], seconds } = await child.ask(`learn ${count}`);
      return { losses, seconds };
    },
    evaluate: async () => (await child.ask("evaluate")).loss,
    close: async () => child.close(),
  };
}
