// What of a text its classifier had better read, on each task: the state of the first token, or the mean over all, of the
// rootstock and of the same network from random weights. Tried on rows held out of the training rows, as learning rates are.
// Resumable: see evidence/finished-runs.
//
//   node dist/recipes/poolings.js
import { parseArgs } from "node:util";
import { markdownTable } from "../src/export/markdown.js";
import { bestPooling, type Pooling, type PoolingTrial } from "./evidence/chosen-poolings.js";
import { chosenRates } from "./evidence/chosen-rates.js";
import { currentModels } from "./evidence/current-models.js";
import { longestText, rowsPerStep } from "./evidence/fine-tuned-accuracy.js";
import { type Drawing, finishRuns } from "./evidence/finished-runs.js";
import { labelledTask, labelledTasks } from "./evidence/labelled-tasks.js";
import { percentCell } from "./evidence/measured-cells.js";
import { withProcessorSeconds } from "./evidence/processor-seconds.js";
import { listed, machineFlags, machineOf, placeFlags } from "./evidence/program-options.js";
import { TaskLessons } from "./evidence/task-lessons.js";
import { wayToLearn } from "./evidence/ways-to-learn.js";

const { values: options } = parseArgs({
  options: {
    tasks: { type: "string", default: "areas,reviews,asked-ja,entailment,sst2,news,asked-en" },
    ways: { type: "string", default: "fine-tuned,from scratch" },
    labels: { type: "string", default: "200,1000" },
    seeds: { type: "string", default: "1" },
    tried: { type: "string", default: "500" },
    rates: { type: "string", default: "docs/evidence/learning-rates.jsonl" },
    ja: { type: "string", default: "rootstocks/ja-small" },
    en: { type: "string", default: "rootstocks/en-small" },
    ...placeFlags("poolings"),
    ...machineFlags,
  },
});
const poolings: readonly Pooling[] = ["cls", "mean"];
const machine = machineOf(options);
const models = await currentModels(options);
const rateOf = await chosenRates(options.rates, models);
const lessons = new TaskLessons({ shared: options.shared, scratch: options.scratch, machine });

/** One trial, and the rate that it was made by. */
interface Key extends Omit<PoolingTrial, "accuracy">, Record<string, string | number> {
  readonly pooling: Pooling;
  readonly rate: number;
}

await finishRuns<Key, Pick<PoolingTrial, "accuracy"> & { readonly seconds: number }>({
  results: options.results,
  settings: {
    ...{ runtime: options.runtime, precision: options.precision, tried: Number(options.tried) },
    ...{ rowsPerStep, longestText },
  },
  asked: listed(options.seeds).flatMap((seed) =>
    listed(options.tasks).flatMap((task) =>
      listed(options.labels).flatMap((labels) =>
        listed(options.ways).flatMap((way) =>
          poolings.map((pooling) => ({
            ...{ task, labels, way, pooling, rate: rateOf(way, labels), seed: Number(seed) },
            model: models.of(task),
          })),
        ),
      ),
    ),
  ),
  run: ({ task, labels, way, pooling, rate, seed }) =>
    withProcessorSeconds(async () => {
      const model = options[labelledTask(task).language];
      const lesson = await lessons.rehearsal(task, model, labels, seed, Number(options.tried));
      const { accuracy } = await wayToLearn(way).learn({ ...lesson, pooling }, rate);
      return { accuracy };
    }),
  draw,
});

/** A row for each task and way, with the better ones in bold. */
function draw(finished: readonly (PoolingTrial & Key)[]): Drawing {
  const trials = finished.filter(
    (trial) => models.isCurrent(trial) && trial.rate === rateOf(trial.way, trial.labels),
  );
  const sizes = [...new Set(trials.map(({ labels }) => labels))];
  const ways = [...new Set(trials.map(({ way }) => way))];
  const seedCount = new Set(trials.map(({ seed }) => seed)).size;
  const names = Object.keys(labelledTasks).filter((name) => trials.some(({ task }) => task === name));
  const rows = names.flatMap((task) =>
    ways.map((way) => [
      ...[labelledTask(task).title, way],
      ...sizes.flatMap((labels) => {
        const own = trials.filter(
          (trial) => trial.task === task && trial.way === way && trial.labels === labels,
        );
        return poolings.map((pooling) => {
          const values = own.filter((trial) => trial.pooling === pooling);
          const cell = percentCell(
            values.map(({ accuracy }) => accuracy),
            seedCount,
          );
          return cell !== "" && bestPooling(own, labels) === pooling ? `**${cell}**` : cell;
        });
      }),
    ]),
  );
  const columns = [
    ...[{ name: "task" }, { name: "way" }],
    ...sizes.flatMap((labels) =>
      poolings.map((pooling) => ({ name: `${pooling}, ${labels} labels`, align: "right" as const })),
    ),
  ];
  return {
    table: [
      markdownTable(columns, rows),
      "",
      `Accuracy in percent on ${options.tried} rows held out of the training rows; bold is what is taken. cls: the state of`,
      "the first token is read; mean: the mean over all.",
    ].join("\n"),
  };
}
