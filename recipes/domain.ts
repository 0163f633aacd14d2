// What it is worth to go on pre-training a rootstock on the texts of a domain, with its vocabulary kept, extended or learnt
// anew, before it is fine-tuned on few labels of that domain. Each adaptation is given the same processor time. The pages
// of validation rows are left out of the texts. Resumable: see evidence/finished-runs.
//
//   node dist/recipes/domain.js --minutes 10
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type JsonObject, OptionError } from "../src/base/index.js";
import { markdownTable } from "../src/export/markdown.js";
import { resultCurvesSvg } from "../src/pictures/index.js";
import { adapt } from "../src/workflows/adapt.js";
import { fineTune } from "../src/workflows/fine-tune.js";
import type { VocabularyChange } from "../src/workflows/options-adapt.js";
import { longestText, rowsPerStep, tunedEqually } from "./evidence/fine-tuned-accuracy.js";
import { type Drawing, finishRuns } from "./evidence/finished-runs.js";
import { labelledTask } from "./evidence/labelled-tasks.js";
import { type LeftOut, writeWithoutPages } from "./evidence/left-out-pages.js";
import { percentCell, pointOf } from "./evidence/measured-cells.js";
import { modelDigest } from "./evidence/model-digest.js";
import { type Budget, pacedTraining, type Trained } from "./evidence/paced-training.js";
import {
  budgetFlags,
  budgetOf,
  listed,
  machineFlags,
  machineOf,
  placeFlags,
  tuningFlags,
  tuningOf,
} from "./evidence/program-options.js";
import { TaskLessons } from "./evidence/task-lessons.js";

const { values: options } = parseArgs({
  options: {
    tasks: { type: "string", default: "areas,groups" },
    vocabularies: { type: "string", default: "none,keep,extend,retrain" },
    labels: { type: "string", default: "100,600" },
    seeds: { type: "string", default: "1,2,3,4,5" },
    model: { type: "string", default: "rootstocks/ja-small" },
    texts: { type: "string", default: "corpora/ja-technical" },
    ...tuningFlags("150"),
    ...placeFlags("domain"),
    ...budgetFlags("10"),
    ...machineFlags,
  },
});
const machine = machineOf(options);
const budget: Budget = budgetOf(options);
const [tasks, sizes, seeds] = [listed(options.tasks), listed(options.labels), listed(options.seeds)];
const lessons = new TaskLessons({ shared: options.shared, scratch: options.scratch, machine });

/** What becomes of the vocabulary, and how that is called. */
const adaptations: Readonly<Record<VocabularyChange | "none", string>> = {
  none: "no adaptation",
  keep: "vocabulary kept",
  extend: "vocabulary extended",
  retrain: "vocabulary learnt anew",
};
const tuning = tuningOf(options);

interface Key extends Record<string, string | number> {
  readonly task: string;
  readonly vocabulary: string;
  readonly labels: string;
  readonly seed: number;
}

interface Outcome {
  readonly accuracy: number;
  /** Of the adaptation. */
  readonly adaptationSteps: number;
  readonly charactersPerToken: number;
  /** Processor seconds of fine-tuning. */
  readonly seconds: number;
}

const { path: text, leftOut } = await prepareText();

const origin: JsonObject = {
  ...{ model: await modelDigest(options.model), texts: options.texts, leftOut: { ...leftOut } },
  ...{ runtime: options.runtime, precision: options.precision },
};

await finishRuns<Key, Outcome>({
  results: options.results,
  settings: { ...origin, ...budget, ...tuning, rowsPerStep, longestText },
  asked: seeds.flatMap((seed) =>
    listed(options.vocabularies).flatMap((vocabulary) =>
      tasks.flatMap((task) => sizes.map((labels) => ({ task, vocabulary, labels, seed: Number(seed) }))),
    ),
  ),
  async run({ task, vocabulary, labels, seed }) {
    const adapted = vocabulary === "none" ? undefined : await adaptation(vocabulary);
    const model = adapted?.directory ?? options.model;
    const lesson = await lessons.lesson(task, model, labels, seed);
    const { accuracy, seconds } = await tunedEqually(lesson, tuning, (common) =>
      fineTune({ ...common, model }),
    );
    const { steps: adaptationSteps = 0, charactersPerToken = 0 } = adapted ?? {};
    return { accuracy, adaptationSteps, charactersPerToken, seconds };
  },
  draw,
});

/** The texts of the domain without the pages of the tasks' validation rows. */
async function prepareText(): Promise<{ readonly path: string; readonly leftOut: LeftOut }> {
  const output = join(options.scratch, `text-${tasks.join("-")}`);
  const record = join(output, "left-out.json");
  if (existsSync(record)) return JSON.parse(await readFile(record, "utf8"));
  const folder = join(options.shared, options.texts);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".gz")).sort();
  const rows = await Promise.all(tasks.map((task) => lessons.rows(task)));
  const texts = rows.flatMap(({ validation }) => validation.map((row) => row.text));
  const written = await writeWithoutPages(folder, files, texts, output);
  await mkdir(output, { recursive: true });
  await writeFile(record, `${JSON.stringify(written)}\n`);
  console.log(told(written.leftOut));
  return written;
}

function told({ leftOutLines, lineCount, leftOutPages, pageCount, foundRows, rowCount }: LeftOut): string {
  return `${leftOutLines} of ${lineCount} lines (${leftOutPages} of ${pageCount} pages) are left out of the texts: they are the pages of ${foundRows} of ${rowCount} validation rows; no line of the texts is that of the others.`;
}

/** The model after it has read the texts. */
function adaptation(vocabulary: string): Promise<Trained> {
  if (!Object.hasOwn(adaptations, vocabulary))
    throw new OptionError(
      `--vocabularies: expected names among ${Object.keys(adaptations).join(", ")}, got ${vocabulary}`,
    );
  const folder = join(options.scratch, vocabulary);
  return pacedTraining({ folder, budget, settings: origin }, (part, context) =>
    adapt(
      {
        ...part,
        ...machine,
        ...{ model: options.model, vocabulary: vocabulary as VocabularyChange, train: [text] },
        ...{ corpusDirectory: join(folder, "corpus"), validationSplit: 0.005, maxValidationExamples: 200 },
        ...{ maskRate: 0.3, dropout: 0, learningRate: 5e-4, maxLength: longestText, batchSize: 32, seed: 1 },
        ...{ evaluateEvery: part.maxSteps },
      },
      context,
    ),
  );
}

/** A panel and a group of rows for each task. */
function draw(finished: readonly (Key & Outcome)[]): Drawing {
  const names = Object.keys(adaptations).filter((name) => finished.some((run) => run.vocabulary === name));
  const accuracies = (task: string, vocabulary: string, labels: string): number[] =>
    finished
      .filter((run) => run.task === task && run.vocabulary === vocabulary && run.labels === labels)
      .map(({ accuracy }) => accuracy);
  const picture = resultCurvesSvg({
    title: "What it is worth to read the texts of the domain first",
    settingName: "labels",
    settings: sizes,
    metricName: "accuracy",
    panels: tasks.map((task) => ({
      title: labelledTask(task).title,
      series: names.map((vocabulary) => ({
        name: adaptations[vocabulary as VocabularyChange],
        points: sizes.map((labels) => pointOf(accuracies(task, vocabulary, labels))),
      })),
    })),
  });
  const columns = [
    ...["adaptation", "steps", "characters a token"].map((name) => ({ name })),
    ...tasks.flatMap((task) =>
      sizes.map((labels) => ({ name: `${task}, ${labels} labels`, align: "right" as const })),
    ),
  ];
  const rows = names.map((vocabulary) => {
    const { adaptationSteps, charactersPerToken } = finished.find((run) => run.vocabulary === vocabulary)!;
    const facts = adaptationSteps === 0 ? ["", ""] : [`${adaptationSteps}`, charactersPerToken.toFixed(2)];
    const cells = tasks.flatMap((task) =>
      sizes.map((labels) => percentCell(accuracies(task, vocabulary, labels), seeds.length)),
    );
    return [adaptations[vocabulary as VocabularyChange], ...facts, ...cells];
  });
  const given = "minutes" in budget ? `${budget.minutes} minutes of processor time` : `${budget.steps} steps`;
  return {
    picture,
    table: [
      markdownTable(columns, rows),
      "",
      `Accuracy in percent on all validation rows, mean ± standard deviation over ${seeds.length} seeds of fine-tuning, which draw`,
      `the labelled rows too; each adaptation is one run of ${given}. ${told(leftOut)}`,
    ].join("\n"),
  };
}
