// What a rootstock is worth, by how many labels there are: fine-tuned, frozen as features, the same network from random
// weights, a Bi-LSTM, a bag of words and n-grams, on the same rows, each at its best rate (`learning-rates.ts`), its
// classifier reading what it had better read (`poolings.ts`).
// Resumable: see evidence/finished-runs.
//
//   node dist/recipes/labels-against-accuracy.js --tasks areas,sst2 --labels 50,200,1000,all --seeds 1,2,3,4,5
import { parseArgs } from "node:util";
import { markdownTable } from "../src/export/markdown.js";
import { resultCurvesSvg } from "../src/pictures/index.js";
import type { Asked } from "./evidence/best-choice.js";
import { chosenPoolings, type Pooling } from "./evidence/chosen-poolings.js";
import { chosenRates } from "./evidence/chosen-rates.js";
import { currentModels } from "./evidence/current-models.js";
import { type Learnt, longestText, rowsPerStep } from "./evidence/fine-tuned-accuracy.js";
import { type Drawing, finishRuns } from "./evidence/finished-runs.js";
import { labelledTask, labelledTasks, mostValidationRows } from "./evidence/labelled-tasks.js";
import { percentCell, pointOf } from "./evidence/measured-cells.js";
import { withProcessorSeconds } from "./evidence/processor-seconds.js";
import { listed, machineFlags, machineOf, placeFlags } from "./evidence/program-options.js";
import { TaskLessons } from "./evidence/task-lessons.js";
import { waysToLearn, wayToLearn } from "./evidence/ways-to-learn.js";

const { values: options } = parseArgs({
  options: {
    tasks: { type: "string", default: "areas,reviews,asked-ja,entailment,sst2,news,asked-en" },
    ways: { type: "string", default: Object.keys(waysToLearn).join(",") },
    labels: { type: "string", default: "50,200,1000,all" },
    seeds: { type: "string", default: "1,2,3,4,5" },
    rates: { type: "string", default: "docs/evidence/learning-rates.jsonl" },
    poolings: { type: "string", default: "docs/evidence/poolings.jsonl" },
    ja: { type: "string", default: "rootstocks/ja-small" },
    en: { type: "string", default: "rootstocks/en-small" },
    ...placeFlags("labels-against-accuracy"),
    ...machineFlags,
  },
});
const machine = machineOf(options);
const [tasks, ways, sizes, seeds] = [options.tasks, options.ways, options.labels, options.seeds].map(
  listed,
) as [string[], string[], string[], string[]];
const models = await currentModels(options);
const rateOf = await chosenRates(options.rates, models);
const poolingOf = await chosenPoolings(options.poolings, models);
const lessons = new TaskLessons({ shared: options.shared, scratch: options.scratch, machine });

/** One run: how well a way does a task with so many labels. */
interface Key extends Record<string, string | number> {
  readonly task: string;
  readonly way: string;
  /** A number, or `all`. */
  readonly labels: string;
  readonly seed: number;
  readonly model: string;
  readonly rate: number;
  /** Of a network: what of a text its classifier reads, or `own`, what its config.json says. */
  readonly pooling: Pooling | "own";
}

interface Outcome extends Learnt {
  /** Of processor time. */
  readonly seconds: number;
}

await finishRuns<Key, Outcome>({
  results: options.results,
  settings: {
    ...{ runtime: options.runtime, precision: options.precision },
    ...{ mostValidationRows, rowsPerStep, longestText },
  },
  asked: seeds.flatMap((seed) =>
    tasks.flatMap((task) =>
      sizes.flatMap((labels) =>
        ways.map((way) => ({
          ...{ task, way, labels, seed: Number(seed), model: models.of(task) },
          ...chosen({ task, way, labels }),
        })),
      ),
    ),
  ),
  run: ({ task, way, labels, seed, rate, pooling }) =>
    withProcessorSeconds(async () => {
      const lesson = await lessons.lesson(task, options[labelledTask(task).language], labels, seed);
      return wayToLearn(way).learn(pooling === "own" ? lesson : { ...lesson, pooling }, rate);
    }),
  draw,
});

/** By what a way learns. */
function chosen(asked: Asked): Pick<Key, "rate" | "pooling"> {
  return { rate: rateOf(asked.way, asked.labels), pooling: poolingOf(asked) ?? "own" };
}

/** A panel for each task, a row for each number of its labels. */
function draw(all: readonly (Key & Outcome)[]): Drawing {
  const finished = all.filter((run) => {
    const { rate, pooling } = chosen(run);
    return models.isCurrent(run) && run.rate === rate && run.pooling === pooling;
  });
  const names = Object.keys(labelledTasks).filter((name) => finished.some(({ task }) => task === name));
  const known = Object.keys(waysToLearn).filter((name) => finished.some(({ way }) => way === name));
  const accuracies = (task: string, way: string, labels: string): number[] =>
    finished
      .filter((run) => run.task === task && run.way === way && run.labels === labels)
      .map(({ accuracy }) => accuracy);
  const picture = resultCurvesSvg({
    title: "What pre-training is worth, by the number of labels",
    settingName: "labels",
    settings: sizes,
    metricName: "accuracy",
    panels: names.map((task) => ({
      title: labelledTask(task).title,
      series: known.map((way) => ({
        name: way,
        points: sizes.map((labels) => pointOf(accuracies(task, way, labels))),
      })),
    })),
  });
  const rows = names.flatMap((task) =>
    sizes.map((labels) => [
      labelledTask(task).title,
      labels,
      ...known.map((way) => percentCell(accuracies(task, way, labels), seeds.length)),
    ]),
  );
  const columns = [
    ...[{ name: "task" }, { name: "labels", align: "right" as const }],
    ...known.map((name) => ({ name, align: "right" as const })),
  ];
  return {
    picture,
    table: [
      markdownTable(columns, rows),
      "",
      `Accuracy in percent on at most ${mostValidationRows} validation rows, evenly spaced over the file, which choose nothing;`,
      `mean ± standard deviation over ${seeds.length} seeds, which draw the labelled rows too. Texts are read up to ${longestText} tokens.`,
    ].join("\n"),
  };
}
