// At which rate each way to learn a task does best, so that none is compared at a rate that does not suit it. Rates are
// tried on rows held out of the training rows: the validation rows choose nothing. Resumable: see evidence/finished-runs.
//
//   node dist/recipes/learning-rates.js
import { parseArgs } from "node:util";
import { markdownTable } from "../src/export/markdown.js";
import { bestRate, type RateTrial } from "./evidence/chosen-rates.js";
import { currentModels } from "./evidence/current-models.js";
import { longestText, rowsPerStep } from "./evidence/fine-tuned-accuracy.js";
import { type Drawing, finishRuns } from "./evidence/finished-runs.js";
import { labelledTask } from "./evidence/labelled-tasks.js";
import { percentCell } from "./evidence/measured-cells.js";
import { withProcessorSeconds } from "./evidence/processor-seconds.js";
import { listed, machineFlags, machineOf, placeFlags } from "./evidence/program-options.js";
import { TaskLessons } from "./evidence/task-lessons.js";
import { waysToLearn, wayToLearn } from "./evidence/ways-to-learn.js";

const { values: options } = parseArgs({
  options: {
    tasks: { type: "string", default: "areas,sst2" },
    ways: { type: "string", default: Object.keys(waysToLearn).join(",") },
    labels: { type: "string", default: "200,1000" },
    seeds: { type: "string", default: "1" },
    tried: { type: "string", default: "500" },
    ja: { type: "string", default: "rootstocks/ja-small" },
    en: { type: "string", default: "rootstocks/en-small" },
    ...placeFlags("learning-rates"),
    ...machineFlags,
  },
});
const machine = machineOf(options);
const tasks = listed(options.tasks);
const models = await currentModels(options);
const lessons = new TaskLessons({ shared: options.shared, scratch: options.scratch, machine });

await finishRuns<Omit<RateTrial, "accuracy">, Pick<RateTrial, "accuracy"> & { readonly seconds: number }>({
  results: options.results,
  settings: {
    ...{ runtime: options.runtime, precision: options.precision, tried: Number(options.tried) },
    ...{ rowsPerStep, longestText },
  },
  asked: listed(options.seeds).flatMap((seed) =>
    tasks.flatMap((task) =>
      listed(options.labels).flatMap((labels) =>
        listed(options.ways).flatMap((way) =>
          wayToLearn(way).rates.map((rate) => ({
            ...{ task, labels, way, rate, seed: Number(seed), model: models.of(task) },
          })),
        ),
      ),
    ),
  ),
  run: ({ task, labels, way, rate, seed }) =>
    withProcessorSeconds(async () => {
      const model = options[labelledTask(task).language];
      const lesson = await lessons.rehearsal(task, model, labels, seed, Number(options.tried));
      const { accuracy } = await wayToLearn(way).learn(lesson, rate);
      return { accuracy };
    }),
  draw,
});
/** A row for each rate, with the best ones in bold. */
function draw(finished: readonly RateTrial[]): Drawing {
  const trials = finished.filter(models.isCurrent);
  const sizes = [...new Set(trials.map(({ labels }) => labels))];
  const names = [...new Set(trials.map(({ task }) => task))];
  const ways = Object.keys(waysToLearn).filter((name) => trials.some(({ way }) => way === name));
  const seedCount = new Set(trials.map(({ seed }) => seed)).size;
  const rows = ways.flatMap((way) => {
    const own = trials.filter((trial) => trial.way === way);
    return [...new Set(own.map(({ rate }) => rate))].map((rate) => [
      ...[way, `${rate}`],
      ...sizes.flatMap((labels) =>
        names.map((task) => {
          const at = own.filter((trial) => trial.labels === labels);
          const values = at.filter((trial) => trial.task === task && trial.rate === rate);
          const cell = percentCell(
            values.map(({ accuracy }) => accuracy),
            seedCount,
          );
          return cell !== "" && bestRate(at, labels) === rate ? `**${cell}**` : cell;
        }),
      ),
    ]);
  });
  const columns = [
    ...[{ name: "way" }, { name: "rate" }],
    ...sizes.flatMap((labels) =>
      names.map((task) => ({ name: `${task}, ${labels} labels`, align: "right" as const })),
    ),
  ];
  return {
    table: [
      markdownTable(columns, rows),
      "",
      `Accuracy in percent on ${options.tried} rows held out of the training rows; bold is the rate with the best mean over`,
      "the tasks, which is taken. The rate is the highest learning rate, or the strength (C) of a logistic regression.",
    ].join("\n"),
  };
}
