// At which rate each way to learn a task does best, so that none is compared at a rate that does not suit it.
// Resumable: see evidence/finished-runs.
//
//   node dist/recipes/learning-rates.js
import { parseArgs } from "node:util";
import { markdownTable } from "../src/export/markdown.js";
import { bestRate, type RateTrial } from "./evidence/chosen-rates.js";
import { currentModels } from "./evidence/current-models.js";
import type { Drawing } from "./evidence/finished-runs.js";
import { distinct, rehearsalFlags, rehearse, trialCell } from "./evidence/rehearsals.js";
import { waysToLearn, wayToLearn } from "./evidence/ways-to-learn.js";

const { values: options } = parseArgs({
  options: rehearsalFlags("learning-rates", {
    tasks: "areas,sst2",
    ways: Object.keys(waysToLearn).join(","),
  }),
});

await rehearse<{ readonly rate: number }>(options, {
  models: await currentModels(options),
  choices: ({ way }) => wayToLearn(way).rates.map((rate) => ({ rate })),
  learn: (lesson, { way, rate }) => wayToLearn(way).learn(lesson, rate),
  draw,
});

/** A row for each rate, with the best ones in bold. */
function draw(trials: readonly RateTrial[]): Drawing {
  const [sizes, names] = [distinct(trials, ({ labels }) => labels), distinct(trials, ({ task }) => task)];
  const ways = Object.keys(waysToLearn).filter((name) => trials.some(({ way }) => way === name));
  const seedCount = distinct(trials, ({ seed }) => seed).length;
  const rows = ways.flatMap((way) => {
    const own = trials.filter((trial) => trial.way === way);
    return distinct(own, ({ rate }) => rate).map((rate) => [
      ...[way, `${rate}`],
      ...sizes.flatMap((labels) => {
        const at = own.filter((trial) => trial.labels === labels);
        return names.map((task) =>
          trialCell(
            at.filter((trial) => trial.task === task && trial.rate === rate),
            seedCount,
            () => bestRate(at, labels) === rate,
          ),
        );
      }),
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
