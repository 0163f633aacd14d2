// What of a text its classifier had better read, on each task: the state of the first token, or the mean over all, of the
// rootstock and of the same network from random weights. Resumable: see evidence/finished-runs.
//
//   node dist/recipes/poolings.js
import { parseArgs } from "node:util";
import { markdownTable } from "../src/export/markdown.js";
import { bestPooling, type Pooling, type PoolingTrial } from "./evidence/chosen-poolings.js";
import { chosenRates } from "./evidence/chosen-rates.js";
import { currentModels } from "./evidence/current-models.js";
import type { Drawing } from "./evidence/finished-runs.js";
import { labelledTask, labelledTasks } from "./evidence/labelled-tasks.js";
import { distinct, rehearsalFlags, rehearse, trialCell } from "./evidence/rehearsals.js";
import { wayToLearn } from "./evidence/ways-to-learn.js";

const { values: options } = parseArgs({
  options: {
    ...rehearsalFlags("poolings", {
      tasks: "areas,reviews,asked-ja,entailment,sst2,news,asked-en",
      ways: "fine-tuned,from scratch",
    }),
    rates: { type: "string", default: "docs/evidence/learning-rates.jsonl" },
  },
});
const poolings: readonly Pooling[] = ["cls", "mean"];
const models = await currentModels(options);
const rateOf = await chosenRates(options.rates, models);

await rehearse<{ readonly pooling: Pooling; readonly rate: number }>(options, {
  models,
  choices: ({ way, labels }) => poolings.map((pooling) => ({ pooling, rate: rateOf(way, labels) })),
  learn: (lesson, { way, pooling, rate }) => wayToLearn(way).learn({ ...lesson, pooling }, rate),
  draw: (trials) => draw(trials.filter(({ way, labels, rate }) => rate === rateOf(way, labels))),
});

/** A row for each task and way, with the better ones in bold. */
function draw(trials: readonly PoolingTrial[]): Drawing {
  const [sizes, ways] = [distinct(trials, ({ labels }) => labels), distinct(trials, ({ way }) => way)];
  const seedCount = distinct(trials, ({ seed }) => seed).length;
  const names = Object.keys(labelledTasks).filter((name) => trials.some(({ task }) => task === name));
  const rows = names.flatMap((task) =>
    ways.map((way) => [
      ...[labelledTask(task).title, way],
      ...sizes.flatMap((labels) => {
        const own = trials.filter(
          (trial) => trial.task === task && trial.way === way && trial.labels === labels,
        );
        return poolings.map((pooling) =>
          trialCell(
            own.filter((trial) => trial.pooling === pooling),
            seedCount,
            () => bestPooling(own, labels) === pooling,
          ),
        );
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
