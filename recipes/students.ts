// What a teacher is worth to a smaller model: students with half the layers of a rootstock, taught by it in two ways, beside
// the same student without a teacher, its layers as they were taken, a student that begins at random weights, and the
// teacher itself. All that learn are given the same processor time on raw text, and are then fine-tuned on labelled tasks
// by several seeds. Resumable: see evidence/finished-runs.
//
//   node dist/recipes/students.js --minutes 10
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type JsonObject, OptionError, parseJsonObject } from "../src/base/index.js";
import { markdownTable } from "../src/export/markdown.js";
import { resultDotsSvg } from "../src/pictures/index.js";
import { distill } from "../src/workflows/distill.js";
import { fineTune } from "../src/workflows/fine-tune.js";
import type { TrainingResult } from "../src/workflows/index.js";
import type { DistillOptions } from "../src/workflows/options-distill.js";
import { pretrain } from "../src/workflows/pretrain.js";
import { longestText, rowsPerStep, tunedEqually } from "./evidence/fine-tuned-accuracy.js";
import { type Drawing, finishRuns } from "./evidence/finished-runs.js";
import { generalCorpora, generalTexts } from "./evidence/general-corpora.js";
import { labelledTask } from "./evidence/labelled-tasks.js";
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
import { type UseCost, useCost } from "./evidence/use-cost.js";

/** How a student is made; `random` begins without the teacher's layers. */
interface Student {
  readonly title: string;
  readonly teaching: Partial<DistillOptions> | "random" | "none";
}

/** Masked words alone: what the student would learn by itself. */
const untaught = { softWeight: 0, cosineWeight: 0, relationWeight: 0, labelWeight: 1 };

const students: Readonly<Record<string, Student>> = {
  teacher: { title: "teacher", teaching: "none" },
  distilbert: { title: "taught as DistilBERT", teaching: { losses: "distilbert" } },
  minilm: { title: "taught as MiniLM", teaching: { losses: "minilm" } },
  untaught: { title: "without teacher", teaching: untaught },
  layers: { title: "layers alone, nothing learnt", teaching: untaught },
  random: { title: "without teacher, from random weights", teaching: "random" },
};

const { values: options } = parseArgs({
  options: {
    teacher: { type: "string", default: "rootstocks/ja-small" },
    layers: { type: "string" },
    students: { type: "string", default: Object.keys(students).join(",") },
    tasks: { type: "string", default: "areas,reviews,asked-ja" },
    seeds: { type: "string", default: "1,2,3" },
    labels: { type: "string", default: "1000" },
    ...tuningFlags("200"),
    ...placeFlags("students"),
    ...budgetFlags("10"),
    ...machineFlags,
  },
});
const machine = machineOf(options);
const budget: Budget = budgetOf(options);
const [tasks, seeds, names] = [options.tasks, options.seeds, options.students].map(listed) as [
  string[],
  string[],
  string[],
];
const tuning = tuningOf(options);
const lessons = new TaskLessons({ shared: options.shared, scratch: options.scratch, machine });
const texts = (await generalTexts(options.shared)).map((file) => join(options.shared, file));
const config = parseJsonObject(await readFile(join(options.teacher, "config.json"), "utf8"), options.teacher);
const layerCount = Number(options.layers ?? Math.floor(Number(config["num_hidden_layers"]) / 2));

interface Key extends Record<string, string | number> {
  readonly task: string;
  readonly student: string;
  readonly seed: number;
}

interface Outcome extends UseCost {
  readonly accuracy: number;
  /** On raw text. */
  readonly steps: number;
  readonly secondsPerStep?: number;
  /** Processor seconds of fine-tuning. */
  readonly seconds: number;
}

const origin: JsonObject = {
  ...{ teacher: await modelDigest(options.teacher), layerCount, corpora: [...generalCorpora], longestText },
  ...{ runtime: options.runtime, precision: options.precision },
};

await finishRuns<Key, Outcome>({
  results: options.results,
  settings: { ...origin, ...budget, labels: options.labels, ...tuning, rowsPerStep },
  asked: seeds.flatMap((seed) =>
    names.flatMap((student) => tasks.map((task) => ({ task, student, seed: Number(seed) }))),
  ),
  async run({ task, student, seed }) {
    const trained = await learnt(student);
    const model = trained?.directory ?? options.teacher;
    const lesson = await lessons.lesson(task, model, options.labels, seed);
    const { accuracy, seconds } = await tunedEqually(lesson, tuning, (common) =>
      fineTune({ ...common, model }),
    );
    const cost = await useCost(join(lesson.scratch, "run"), lesson.rows.validation, machine);
    const pace = trained?.secondsPerStep;
    return {
      ...{ accuracy, ...cost, steps: trained?.steps ?? 0, seconds },
      ...(pace === undefined ? {} : { secondsPerStep: pace }),
    };
  },
  draw,
});

/** The model of a student, after it has learnt; undefined for the teacher. */
async function learnt(name: string): Promise<Trained | undefined> {
  const student = students[name];
  if (student === undefined)
    throw new OptionError(
      `--students: expected names among ${Object.keys(students).join(", ")}, got ${name}`,
    );
  const { teaching } = student;
  if (teaching === "none") return undefined;
  const folder = join(options.scratch, name);
  const shared = {
    ...machine,
    ...{ train: texts, validationSplit: 0.005, maxValidationExamples: 200 },
    ...{ corpusDirectory: join(options.scratch, "corpus"), seed: 1 },
    ...{ maskRate: 0.3, dropout: 0, maxLength: longestText, batchSize: 32 },
  };
  if (teaching === "random") {
    const architecture = await shorterConfig();
    return pacedTraining({ folder, budget, settings: origin }, (part, context): Promise<TrainingResult> => {
      const own = {
        architecture,
        tokenizer: options.teacher,
        objective: "masked-lm",
        learningRate: 1e-3,
      } as const;
      return pretrain({ ...shared, ...part, ...own, evaluateEvery: part.maxSteps }, context);
    });
  }
  // one step that moves nothing: the student as it begins
  const isStill = name === "layers";
  const rate = isStill ? { learningRate: 1e-30, weightDecay: 0 } : { learningRate: 5e-4 };
  const own = isStill ? { steps: 1 } : budget;
  return pacedTraining({ folder, budget: own, settings: origin }, (part, context) =>
    distill(
      {
        ...{ ...shared, ...part, ...rate, ...teaching, teacher: options.teacher },
        ...{ studentLayers: layerCount, evaluateEvery: part.maxSteps },
      },
      context,
    ),
  );
}

/** The teacher's configuration with the student's layers. */
async function shorterConfig(): Promise<string> {
  await mkdir(options.scratch, { recursive: true });
  const path = join(options.scratch, "student.json");
  const { architectures: _, ...sizes } = config;
  await writeFile(path, JSON.stringify({ ...sizes, num_hidden_layers: layerCount }));
  return path;
}

/** A row for each student, a column for each task. */
function draw(finished: readonly (Key & Outcome)[]): Drawing {
  const known = Object.keys(students).filter((name) => finished.some(({ student }) => student === name));
  const titles = known.map((name) => students[name]!.title);
  const accuracies = (task: string, student: string): number[] =>
    finished.filter((run) => run.task === task && run.student === student).map(({ accuracy }) => accuracy);
  const picture = resultDotsSvg({
    title: "What a teacher is worth to a student with half its layers",
    metricName: "accuracy",
    ways: titles,
    panels: tasks.map((task) => ({
      title: task,
      points: known.map((student) => pointOf(accuracies(task, student))),
    })),
  });
  const rows = known.map((student, i) => {
    const own = finished.filter((run) => run.student === student);
    const { parameterCount, steps, secondsPerStep } = own[0]!;
    const quick = own.filter(({ task }) => task === tasks[0]).map(({ textsPerSecond }) => textsPerSecond);
    const facts = [
      `${(parameterCount / 1e6).toFixed(2)} M`,
      quick.length === 0 ? "" : `${Math.round(Math.max(...quick))}`,
      ...(secondsPerStep === undefined ? ["", ""] : [`${steps}`, secondsPerStep.toFixed(3)]),
    ];
    return [
      titles[i]!,
      ...facts,
      ...tasks.map((task) => percentCell(accuracies(task, student), seeds.length)),
    ];
  });
  const columns = [
    ...["model", "parameters", "texts a second", "steps", "processor seconds a step"].map((name) => ({
      name,
    })),
    ...tasks.map((task) => ({ name: labelledTask(task).title, align: "right" as const })),
  ];
  const given = "minutes" in budget ? `${budget.minutes} minutes of processor time` : `${budget.steps} steps`;
  return {
    picture,
    table: [
      markdownTable(columns, rows),
      "",
      `Students have ${layerCount} of the teacher's ${Number(config["num_hidden_layers"])} layers; those that learn read raw text for ${given}, once each.`,
      `All are fine-tuned on ${options.labels} labels of each task: accuracy in percent, mean ± standard deviation over ${seeds.length} seeds of`,
      `fine-tuning, which draw the labelled rows too. Texts a second of processor time: \`${tasks[0]}\`, the fastest of the runs.`,
    ].join("\n"),
  };
}
