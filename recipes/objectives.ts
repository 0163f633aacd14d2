// What a small encoder should learn from raw text: masked tokens at two rates, whole words or spans of them, pairs of
// sentences beside them; and of two networks of BERT's form, masked tokens or replaced ones (ELECTRA). Each is pre-trained
// from scratch on the general Japanese corpora for the same processor time, whatever its steps cost, and then fine-tuned on
// labelled tasks by several seeds. Resumable: see evidence/finished-runs.
//
//   node dist/recipes/objectives.js --minutes 5
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type JsonObject, OptionError } from "../src/base/index.js";
import { markdownTable } from "../src/export/markdown.js";
import { resultDotsSvg } from "../src/pictures/index.js";
import { fineTune } from "../src/workflows/fine-tune.js";
import type { PretrainOptions } from "../src/workflows/options.js";
import { pretrain } from "../src/workflows/pretrain.js";
import { train } from "../src/workflows/train.js";
import { corpusLines } from "./corpus.js";
import { longestText, rowsPerStep, tunedEqually } from "./evidence/fine-tuned-accuracy.js";
import { type Drawing, finishRuns } from "./evidence/finished-runs.js";
import { generalCorpora, generalTexts } from "./evidence/general-corpora.js";
import { japaneseWordPieces } from "./evidence/japanese-word-pieces.js";
import { labelledTask } from "./evidence/labelled-tasks.js";
import { percentCell, pointOf } from "./evidence/measured-cells.js";
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

/** Of the form of ModernBERT, since BERT's, with its norms behind, takes longer than these minutes to see more than how
 *  frequent a token is; ELECTRA's, for what only it learns; and BERT's for what that is to be held against. */
type Form = "modernbert" | "bert" | "electra";

/** A network and what it learns; `nothing` leaves its weights as they are drawn. */
interface Contender extends Pick<PretrainOptions, "objective" | "maskRate" | "masking"> {
  readonly form: Form;
  readonly learns?: "nothing";
}

const contenders: Readonly<Record<string, Contender>> = {
  "masked tokens, 15 %": { form: "modernbert" },
  "masked tokens, 40 %": { form: "modernbert", maskRate: 0.4 },
  "whole words, 15 %": { form: "modernbert", masking: "word" },
  "spans of words, 15 %": { form: "modernbert", masking: "span" },
  "with next sentence": { form: "modernbert", objective: "next-sentence" },
  "with sentence order": { form: "modernbert", objective: "sentence-order" },
  "random weights": { form: "modernbert", learns: "nothing" },
  "BERT, masked tokens": { form: "bert" },
  "ELECTRA, replaced tokens": { form: "electra", objective: "replaced-tokens" },
  "BERT, random weights": { form: "bert", learns: "nothing" },
};

/** Small, so that some minutes of one core are an epoch: larger ones would be compared before they learn anything. */
const sizes: JsonObject = {
  ...{ hidden_size: 128, num_hidden_layers: 4, num_attention_heads: 4 },
  ...{ max_position_embeddings: longestText, initializer_range: 0.07 },
};
/** Gated feed-forwards have three matrices, not two. Tasks read the mean of all tokens: the first one learns nothing where
 *  no pairs are told. */
const forms: Readonly<Record<Form, JsonObject>> = {
  modernbert: {
    ...{ ...sizes, model_type: "modernbert", intermediate_size: 256, classifier_pooling: "mean" },
    ...{ global_attn_every_n_layers: 1, global_rope_theta: 10_000 },
  },
  bert: { ...sizes, model_type: "bert", intermediate_size: 512 },
  electra: { ...sizes, model_type: "electra", intermediate_size: 512, embedding_size: 128 },
};
const vocabularySize = 9000;

const { values: options } = parseArgs({
  options: {
    tasks: { type: "string", default: "areas,reviews,asked-ja" },
    objectives: { type: "string" },
    seeds: { type: "string", default: "1,2,3" },
    starts: { type: "string", default: "1" },
    labels: { type: "string", default: "1000" },
    ...tuningFlags("200"),
    ...placeFlags("objectives"),
    ...budgetFlags("5"),
    ...machineFlags,
  },
});
const machine = machineOf(options);
const budget: Budget = budgetOf(options);
const [tasks, seeds, starts] = [options.tasks, options.seeds, options.starts].map(listed) as [
  string[],
  string[],
  string[],
];
const names =
  options.objectives === undefined
    ? Object.keys(contenders)
    : options.objectives.split(";").map((name) => name.trim());
const tuning = tuningOf(options);
const lessons = new TaskLessons({ shared: options.shared, scratch: options.scratch, machine });

interface Key extends Record<string, string | number> {
  readonly task: string;
  readonly objective: string;
  /** The seed of pre-training, and that of fine-tuning. */
  readonly start: number;
  readonly seed: number;
}

interface Outcome {
  readonly accuracy: number;
  /** Of pre-training. */
  readonly steps: number;
  readonly secondsPerStep?: number;
  /** Processor seconds of fine-tuning. */
  readonly seconds: number;
}

const texts = await generalTexts(options.shared);
const tokenizer = await japaneseWordPieces(
  options.scratch,
  corpusLines(options.shared, texts),
  vocabularySize,
);

const origin: JsonObject = {
  ...{ forms, vocabularySize, corpora: [...generalCorpora], longestText },
  ...{ runtime: options.runtime, precision: options.precision },
};

await finishRuns<Key, Outcome>({
  results: options.results,
  settings: { ...origin, ...budget, labels: options.labels, ...tuning, rowsPerStep },
  asked: starts
    .map(Number)
    .flatMap((start) =>
      seeds
        .map(Number)
        .flatMap((seed) =>
          names.flatMap((objective) => tasks.map((task) => ({ task, objective, start, seed }))),
        ),
    ),
  async run({ task, objective, start, seed }) {
    const contender = contenderOf(objective);
    const trained = contender.learns === "nothing" ? undefined : await pretrained(objective, start);
    const lesson = await lessons.lesson(task, tokenizer, options.labels, seed);
    const { accuracy, seconds } = await tunedEqually(lesson, tuning, async (common) =>
      trained === undefined
        ? train({ ...common, architecture: await architecture(contender.form), tokenizer })
        : fineTune({ ...common, model: trained.directory }),
    );
    const pace = trained?.secondsPerStep;
    return {
      ...{ accuracy, steps: trained?.steps ?? 0, seconds },
      ...(pace === undefined ? {} : { secondsPerStep: pace }),
    };
  },
  draw,
});

function contenderOf(name: string): Contender {
  const contender = contenders[name];
  if (contender !== undefined) return contender;
  const known = Object.keys(contenders).join("; ");
  throw new OptionError(`--objectives: expected names among ${known}, got ${name}`);
}

async function architecture(form: Form): Promise<string> {
  await mkdir(options.scratch, { recursive: true });
  const path = join(options.scratch, `${form}.json`);
  await writeFile(path, JSON.stringify(forms[form]));
  return path;
}

/** The model that has learnt an objective. */
async function pretrained(name: string, start: number): Promise<Trained> {
  const { form, objective = "masked-lm", maskRate = 0.15, masking = "token" } = contenderOf(name);
  const folder = join(options.scratch, `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${start}`);
  const path = await architecture(form);
  return pacedTraining({ folder, budget, settings: origin }, (part, context) =>
    pretrain(
      {
        ...part,
        ...machine,
        ...{ objective, maskRate, masking, architecture: path, tokenizer, seed: start },
        ...{ train: texts.map((file) => join(options.shared, file)), validationSplit: 0.005 },
        ...{ corpusDirectory: join(options.scratch, "corpus"), maxValidationExamples: 200 },
        ...{ maxLength: longestText, batchSize: 32, learningRate: 1e-3, dropout: 0 },
        ...{ evaluateEvery: part.maxSteps },
      },
      context,
    ),
  );
}

/** A row for each objective, a column for each task. */
function draw(finished: readonly (Key & Outcome)[]): Drawing {
  const known = Object.keys(contenders).filter((name) =>
    finished.some(({ objective }) => objective === name),
  );
  const accuracies = (task: string, objective: string): number[] =>
    finished
      .filter((run) => run.task === task && run.objective === objective)
      .map(({ accuracy }) => accuracy);
  const picture = resultDotsSvg({
    title: "What to learn from raw text, for the same processor time",
    metricName: "accuracy",
    ways: known,
    panels: tasks.map((task) => ({
      title: task,
      points: known.map((objective) => pointOf(accuracies(task, objective))),
    })),
  });
  const rows = known.map((objective) => {
    const { steps, secondsPerStep } = finished.find((run) => run.objective === objective)!;
    const facts = steps === 0 ? ["", ""] : [`${steps}`, secondsPerStep?.toFixed(3) ?? ""];
    const wanted = seeds.length * starts.length;
    return [objective, ...facts, ...tasks.map((task) => percentCell(accuracies(task, objective), wanted))];
  });
  const columns = [
    ...["objective", "steps", "processor seconds a step"].map((name) => ({ name })),
    ...tasks.map((task) => ({ name: labelledTask(task).title, align: "right" as const })),
  ];
  const given = "minutes" in budget ? `${budget.minutes} minutes of processor time` : `${budget.steps} steps`;
  return {
    picture,
    table: [
      markdownTable(columns, rows),
      "",
      `Each row is pre-trained from scratch for ${given} (${starts.length} time${starts.length === 1 ? "" : "s"}), 32 rows of ${longestText} tokens a step, and`,
      `fine-tuned on ${options.labels} labels of each task. Accuracy in percent, mean ± standard deviation over ${seeds.length} seeds of fine-tuning,`,
      `which draw the labelled rows too.${starts.length === 1 ? " How much another run of pre-training would differ is not in it." : ""}`,
    ].join("\n"),
  };
}
