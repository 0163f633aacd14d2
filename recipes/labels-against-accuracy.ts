// What a rootstock is worth, by how many labels there are: fine-tuned, frozen as features, the same network from random
// weights, a Bi-LSTM and a bag of words, on the same rows. Every finished run is a line of RESULTS; a run that is there
// is not done again, so the program can be stopped and started.
//
//   node dist/recipes/labels-against-accuracy.js --tasks areas,sst2 --labels 50,200,1000,all --seeds 1,2,3,4,5
import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type Json, OptionError } from "../src/base/index.js";
import { spread } from "../src/metrics/index.js";
import { type ResultCurves, resultCurvesSvg } from "../src/pictures/index.js";
import { fineTune } from "../src/workflows/fine-tune.js";
import type { FineTuneOptions } from "../src/workflows/options.js";
import { train } from "../src/workflows/train.js";

interface LabelledTask {
  readonly title: string;
  readonly language: "ja" | "en";
  readonly data: Partial<FineTuneOptions>;
}

const tasks: Record<string, LabelledTask> = {
  areas: {
    title: "ja: area of a web technology (9)",
    language: "ja",
    data: {
      train: "corpora/labelled/mdn-ja-area/train.jsonl",
      validation: "corpora/labelled/mdn-ja-area/valid.jsonl",
    },
  },
  reviews: {
    title: "ja: mood of a hotel review (3)",
    language: "ja",
    data: {
      train: "data/ja/jrte-pn/train.tsv",
      validation: "data/ja/jrte-pn/dev.tsv",
      textColumn: "3",
      labelColumn: "2",
    },
  },
  entailment: {
    title: "ja: does one sentence follow from another? (3)",
    language: "ja",
    data: { train: "data/ja/jnli/train.jsonl", validation: "data/ja/jnli/valid.jsonl" },
  },
  sst2: {
    title: "en: mood of a film review (2)",
    language: "en",
    data: { train: "data/en/sst2/train.tsv", validation: "data/en/sst2/dev.tsv" },
  },
  news: {
    title: "en: topic of a news item (4)",
    language: "en",
    data: {
      train: "data/en/ag_news/train.csv",
      validation: "data/en/ag_news/valid.csv",
      textColumn: "3",
      labelColumn: "1",
    },
  },
};

const batchSize = 16;
/** Few labels are gone over more often, so that every run has at least this many steps. */
const fewestSteps = 250;
const fewestEpochs = 3;

const { values: options } = parseArgs({
  options: {
    tasks: { type: "string", default: Object.keys(tasks).join(",") },
    ways: { type: "string", default: "fine-tuned,frozen,from scratch,Bi-LSTM,bag of words" },
    labels: { type: "string", default: "50,200,1000,all" },
    seeds: { type: "string", default: "1,2,3,4,5" },
    shared: { type: "string", default: "../shared" },
    ja: { type: "string", default: "rootstocks/ja-mini" },
    en: { type: "string", default: "rootstocks/en-mini" },
    threads: { type: "string", default: "2" },
    results: { type: "string", default: "docs/evidence/labels-against-accuracy.jsonl" },
    scratch: { type: "string", default: "out/labels-against-accuracy" },
  },
});

/** One run: how well a way does a task with so many labels. */
interface Finished {
  readonly task: string;
  readonly way: string;
  /** A number, or `all`. */
  readonly labels: string;
  readonly seed: number;
  readonly accuracy: number;
  readonly steps: number;
  readonly seconds: number;
}

/** A way to learn a task: the model it begins from, and the rate that suits it. */
type Way = (
  task: LabelledTask,
  common: Omit<FineTuneOptions, "model">,
) => Promise<{ accuracy: number; steps: number }>;

const ways: Record<string, Way> = {
  "fine-tuned": (task, common) =>
    measured(fineTune({ ...common, model: options[task.language], learningRate: 5e-4 })),
  frozen: (task, common) =>
    measured(
      fineTune({
        ...common,
        model: options[task.language],
        learningRate: 5e-3,
        freeze: ["bert.embeddings.*", "bert.encoder.*"],
      }),
    ),
  "from scratch": (task, common) =>
    fromScratch(task, { ...common, learningRate: 5e-4 }, join(options[task.language], "config.json")),
  "Bi-LSTM": async (task, common) =>
    fromScratch(
      task,
      { ...common, learningRate: 2e-3 },
      await architecture("bi-lstm", {
        embedding_size: 128,
        hidden_size: 128,
        num_hidden_layers: 1,
        dropout: 0.2,
      }),
    ),
  "bag of words": async (task, common) =>
    fromScratch(
      task,
      { ...common, learningRate: 1e-2 },
      await architecture("bag-of-words", { hidden_size: 128 }),
    ),
};

function fromScratch(
  { language }: LabelledTask,
  common: Omit<FineTuneOptions, "model">,
  architecture: string,
): ReturnType<Way> {
  return measured(train({ ...common, architecture, tokenizer: options[language] }));
}

async function architecture(modelType: string, sizes: Record<string, Json>): Promise<string> {
  const path = join(options.scratch, `${modelType}.json`);
  await writeFile(path, JSON.stringify({ model_type: modelType, ...sizes }));
  return path;
}

async function measured(run: ReturnType<typeof fineTune>): ReturnType<Way> {
  const { metrics, steps } = await run;
  return { accuracy: metrics["accuracy"]!, steps };
}

await main();

async function main(): Promise<void> {
  await mkdir(options.scratch, { recursive: true });
  await mkdir(dirname(options.results), { recursive: true });
  const finished = existsSync(options.results) ? await readResults() : [];
  for (const seed of listed(options.seeds).map(Number))
    for (const name of listed(options.tasks))
      for (const labels of listed(options.labels))
        for (const way of listed(options.ways)) {
          const isSame = (run: Finished): boolean =>
            run.task === name && run.way === way && run.labels === labels && run.seed === seed;
          if (finished.some(isSame)) continue;
          const run = await finish(name, way, labels, seed);
          finished.push(run);
          await appendFile(options.results, `${JSON.stringify(run)}\n`);
          console.log(JSON.stringify(run));
          await draw(finished);
        }
  await draw(finished);
}

function listed(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

async function readResults(): Promise<Finished[]> {
  const lines = (await readFile(options.results, "utf8")).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

async function finish(name: string, way: string, labels: string, seed: number): Promise<Finished> {
  const [task, learn] = [tasks[name], ways[way]];
  if (task === undefined || learn === undefined)
    throw new OptionError(
      `expected tasks among ${Object.keys(tasks).join(", ")} and ways among ${Object.keys(ways).join(", ")}, got ${name} and ${way}`,
    );
  const { train: trainFile, validation: validationFile, ...columns } = task.data;
  const epochs =
    labels === "all"
      ? fewestEpochs
      : Math.max(fewestEpochs, Math.ceil((fewestSteps * batchSize) / Number(labels)));
  const started = performance.now();
  const { accuracy, steps } = await learn(task, {
    ...columns,
    task: "text-classification",
    train: join(options.shared, trainFile!),
    validation: join(options.shared, validationFile!),
    outputDirectory: join(options.scratch, "run"),
    overwrite: true,
    keepBest: false,
    evaluateEvery: 1_000_000,
    saveEvery: 1_000_000,
    maxLength: 128,
    epochs,
    batchSize,
    seed,
    threads: Number(options.threads),
    ...(labels === "all" ? {} : { maxTrainExamples: Number(labels) }),
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  return { task: name, way, labels, seed, accuracy, steps, seconds };
}

/** The picture and the table of what is finished, beside the results. */
async function draw(finished: readonly Finished[]): Promise<void> {
  const settings = listed(options.labels);
  const names = Object.keys(tasks).filter((name) => finished.some(({ task }) => task === name));
  const accuracies = (task: string, way: string, labels: string): number[] =>
    finished
      .filter((run) => run.task === task && run.way === way && run.labels === labels)
      .map(({ accuracy }) => accuracy);
  const curves: ResultCurves = {
    title: "What pre-training is worth, by the number of labels",
    settingName: "labels",
    settings,
    metricName: "accuracy",
    panels: names.map((name) => ({
      title: tasks[name]!.title,
      series: listed(options.ways).map((way) => ({
        name: way,
        points: settings.map((labels) => {
          const values = accuracies(name, way, labels);
          if (values.length === 0) return undefined;
          const { mean, deviation } = spread(values);
          return deviation === undefined ? { mean } : { mean, low: mean - deviation, high: mean + deviation };
        }),
      })),
    })),
  };
  const base = options.results.replace(/\.jsonl$/, "");
  await writeFile(`${base}.svg`, resultCurvesSvg(curves));
  const rows = names.flatMap((name) =>
    listed(options.ways).map((way) => {
      const cells = settings.map((labels) => cell(accuracies(name, way, labels)));
      return `| ${tasks[name]!.title} | ${way} | ${cells.join(" | ")} |`;
    }),
  );
  const head = `| task | way | ${settings.map((labels) => `${labels} labels`).join(" | ")} |`;
  await writeFile(
    `${base}.md`,
    `${[head, `| --- | --- |${settings.map(() => " --- |").join("")}`, ...rows].join("\n")}\n`,
  );
}

/** Mean and standard deviation in percent, with the number of runs where it is not that of the seeds asked for. */
function cell(values: readonly number[]): string {
  if (values.length === 0) return "";
  const { mean, deviation, count } = spread(values);
  const wanted = listed(options.seeds).length;
  return `${(100 * mean).toFixed(1)}${deviation === undefined ? "" : ` ± ${(100 * deviation).toFixed(1)}`}${count === wanted ? "" : ` (${count})`}`;
}
