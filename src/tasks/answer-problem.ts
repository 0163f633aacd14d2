import { float32, int64, type JsonObject, type Tensor } from "../base/index.js";
import { add, input } from "../engine/index.js";
import { bestThresholds } from "../metrics/index.js";
import { labelLoss } from "../objectives/losses.js";
import { answerFormOf, evaluateAnswers } from "./answer-evaluation.js";
import { type AnswerPrediction, type FoundAnswers, findAnswers, type ScoredWindow } from "./answer-search.js";
import { encodeQuestions, nowhere, type QuestionItem } from "./answer-windows.js";
import type { QuestionExample } from "./question-example.js";
import type { DataNote, ItemOutput, Problem, TaskSettings } from "./task.js";

export type AnswerProblem = Problem<QuestionExample, QuestionItem, AnswerPrediction>;

interface AnswerState {
  readonly settings: TaskSettings;
  /** Whether there may be no answer. */
  readonly mayDecline: boolean;
  /** By how much "no answer" must score above the best answer. */
  threshold: number;
}

/** Settle from the training examples whether there may be no answer. */
export function learnAnswers(examples: readonly QuestionExample[], settings: TaskSettings): AnswerProblem {
  const someHaveNone = examples.some(({ answers }) => answers?.length === 0);
  return answerProblem(stateOf(someHaveNone, 0, settings));
}

/** The same from config.json. */
export function restoreAnswers(config: JsonObject, settings: TaskSettings): AnswerProblem {
  const stored = config[thresholdField];
  return answerProblem(
    stateOf(config[declineField] === true, typeof stored === "number" ? stored : 0, settings),
  );
}

// in config.json, by the names of run_qa.py's options
const declineField = "version_2_with_negative";
const thresholdField = "null_score_diff_threshold";

function stateOf(learnt: boolean, stored: number, settings: TaskSettings): AnswerState {
  const { noAnswerThreshold: given } = settings;
  return {
    settings,
    mayDecline: learnt || given !== undefined,
    threshold: typeof given === "number" ? given : stored,
  };
}

function answerProblem(state: AnswerState): AnswerProblem {
  const { settings, mayDecline } = state;
  return {
    head: "span-extraction",
    labelCount: 2,
    labels: [],
    description: `question-answering${mayDecline ? ", answers or none" : ""}`,
    primaryMetric: { name: "f1", greaterIsBetter: true },
    configFields: () => (mayDecline ? { [declineField]: true, [thresholdField]: state.threshold } : {}),
    encode: encodeQuestions,
    notes,
    loss(outputs) {
      const weights = input("weights", ["batch"]);
      const side = (name: string): ReturnType<typeof labelLoss> =>
        labelLoss(outputs.heads.get(`${name}Logits`)!, input(`${name}s`, ["batch"], "int64"), weights);
      return add(side("start"), side("end"));
    },
    weightOf: (items) => items.filter(({ answer }) => answer !== undefined).length,
    targets(items, _length, totalWeight): ReadonlyMap<string, Tensor> {
      const shape = [items.length];
      // the loss is the mean of that of the starts and that of the ends
      const shares = items.map(({ answer }) => (answer === undefined ? 0 : 1 / (2 * totalWeight)));
      const spans = items.map(({ answer }) => answer ?? nowhere);
      return new Map<string, Tensor>([
        [
          "starts",
          int64(
            shape,
            spans.map(({ start }) => start),
          ),
        ],
        [
          "ends",
          int64(
            shape,
            spans.map(({ end }) => end),
          ),
        ],
        ["weights", float32(shape, shares)],
      ]);
    },
    readOutputs: (items, outputs) =>
      items.map(({ encoding }, row): ItemOutput => {
        const side = (name: string): Float32Array => {
          const { data, shape } = outputs.get(name)!; // [batch, sequence]
          const from = row * shape[1]!;
          return (data as Float32Array).slice(from, from + encoding.ids.length);
        };
        return { startLogits: side("startLogits"), endLogits: side("endLogits") };
      }),
    decide(examples, items, outputs, options) {
      const found = search(examples, items, outputs, state);
      if (options?.findThresholds && settings.noAnswerThreshold === "auto")
        state.threshold = bestThreshold(examples, found, settings) ?? state.threshold;
      return found.map((answers) => decide(answers, state));
    },
    evaluate: (examples, predictions) => evaluateAnswers(examples, predictions, settings.answerForm),
    describePrediction: describeAnswer,
    labelOf: ({ answers }) =>
      !mayDecline || answers === undefined ? undefined : answers.length > 0 ? "answer" : "no answer",
    textOf: ({ question, context }) => `${question}\t${context}`,
  };
}

function search(
  examples: readonly QuestionExample[],
  items: readonly QuestionItem[],
  outputs: readonly ItemOutput[],
  { mayDecline, settings: { bestCount = 20, maxAnswerLength = 30 } }: AnswerState,
): FoundAnswers[] {
  const windows: ScoredWindow[][] = examples.map(() => []);
  items.forEach(({ encoding, example }, i) => {
    const { startLogits, endLogits } = outputs[i]!;
    windows[example]!.push({ encoding, startLogits: startLogits!, endLogits: endLogits! });
  });
  return examples.map(({ context }, example) =>
    findAnswers(context, windows[example]!, { bestCount, maxAnswerLength, mayDecline }),
  );
}

function decide(found: FoundAnswers, { threshold }: AnswerState): AnswerPrediction {
  const declines = found.noAnswerScore !== undefined && found.noAnswerScore > threshold;
  return { ...found, answer: declines ? undefined : found.best.find(({ text }) => text !== "") };
}

/** The threshold at which F1 is best; undefined where no example's answers are known. */
function bestThreshold(
  examples: readonly QuestionExample[],
  found: readonly FoundAnswers[],
  settings: TaskSettings,
): number | undefined {
  const questions = examples.flatMap(({ answers }, i) => {
    if (answers === undefined) return [];
    const { best, noAnswerScore } = found[i]!;
    const predicted = best.find(({ text }) => text !== "")?.text ?? "";
    return [{ golds: answers.map(({ text }) => text), predicted, noAnswerScore: noAnswerScore! }];
  });
  if (questions.length === 0) return undefined;
  return bestThresholds(questions, settings.answerForm ?? answerFormOf(examples)).f1.threshold;
}

function notes(examples: readonly QuestionExample[], items: readonly QuestionItem[]): DataNote[] {
  const found = new Set(
    items.filter(({ answer }) => answer !== undefined && answer !== nowhere).map(({ example }) => example),
  );
  const lost = examples.filter(({ answers = [] }, example) => answers.length > 0 && !found.has(example));
  if (lost.length === 0) return [];
  return [
    { count: lost.length, what: "answers that no window holds whole; the model learns that there is none" },
  ];
}

function describeAnswer(
  { id, question, context, answers }: QuestionExample,
  { answer, best, noAnswerScore }: AnswerPrediction,
  items: readonly QuestionItem[],
): JsonObject {
  const truncated = items.reduce((count, { encoding }) => count + encoding.truncatedCount, 0);
  const unknown = items.reduce((count, { encoding }) => count + encoding.unknownCount, 0);
  const shown = answer ?? best.find(({ text }) => text === "");
  return {
    ...(id === undefined ? {} : { id }),
    question,
    context,
    answer: answer?.text ?? "",
    start: answer?.start ?? null,
    end: answer?.end ?? null,
    score: shown?.score ?? 0,
    ...(noAnswerScore === undefined ? {} : { noAnswerScore }),
    best: best.map(({ text, start, end, score }) =>
      text === "" ? { text, start: null, end: null, score } : { text, start, end, score },
    ),
    truncated: truncated > 0,
    ...(truncated > 0 ? { truncatedTokens: truncated } : {}),
    ...(unknown > 0 ? { unknownTokens: unknown } : {}),
    ...(answers === undefined ? {} : { truth: answers.map(({ text }) => text) }),
  };
}
