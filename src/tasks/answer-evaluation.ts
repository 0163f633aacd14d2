import {
  type AnsweredQuestion,
  type AnswerForm,
  bestThresholds,
  type SquadScores,
  squadScores,
} from "../metrics/index.js";
import type { AnswerPrediction } from "./answer-search.js";
import type { QuestionExample } from "./question-example.js";
import type { Evaluation } from "./task.js";

/**
 * Exact match and F1 in percent, by the names of Python's metrics: `exact_match` and `f1` where every question has an
 * answer (SQuAD 1.1), else `exact`, `f1`, `HasAns_f1`, `NoAns_f1`, `best_f1`, `best_f1_thresh`, ... (SQuAD 2.0).
 */
export function evaluateAnswers(
  examples: readonly QuestionExample[],
  predictions: readonly AnswerPrediction[],
  form: AnswerForm = answerFormOf(examples),
): Evaluation {
  const questions = examples.flatMap(({ answers }, i): AnsweredQuestion[] => {
    if (answers === undefined) return [];
    return [{ golds: answers.map(({ text }) => text), predicted: predictions[i]!.answer?.text ?? "" }];
  });
  const scores = squadScores(questions, { form });
  const { hasAnswer, noAnswer } = scores;
  const metrics =
    hasAnswer === undefined && noAnswer === undefined
      ? { exact_match: scores.exactMatch, f1: scores.f1 }
      : {
          ...named("", scores),
          ...(hasAnswer === undefined ? {} : named("HasAns_", hasAnswer)),
          ...(noAnswer === undefined ? {} : named("NoAns_", noAnswer)),
          ...thresholds(examples, predictions, form),
        };
  return { metrics, classes: [], exampleCount: questions.length };
}

function named(prefix: string, { exactMatch, f1, total }: SquadScores): Record<string, number> {
  return { [`${prefix}exact`]: exactMatch, [`${prefix}f1`]: f1, [`${prefix}total`]: total };
}

/** What the best threshold would give; the answers compared are those that a model gives that never declines. */
function thresholds(
  examples: readonly QuestionExample[],
  predictions: readonly AnswerPrediction[],
  form: AnswerForm,
): Record<string, number> {
  const questions = examples.flatMap(({ answers }, i): AnsweredQuestion[] => {
    const { best, noAnswerScore } = predictions[i]!;
    if (answers === undefined || noAnswerScore === undefined) return [];
    const predicted = best.find(({ text }) => text !== "")?.text ?? "";
    return [{ golds: answers.map(({ text }) => text), predicted, noAnswerScore }];
  });
  if (questions.length === 0) return {};
  const { exactMatch, f1 } = bestThresholds(questions, form);
  return {
    best_exact: exactMatch.score,
    best_exact_thresh: exactMatch.threshold,
    best_f1: f1.score,
    best_f1_thresh: f1.threshold,
  };
}

const letter = /\p{L}/gu;
const unspacedLetter =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/** By characters where most letters of the contexts are of scripts written without spaces, else by words. */
export function answerFormOf(examples: readonly QuestionExample[]): AnswerForm {
  let [all, unspaced] = [0, 0];
  for (const { context } of examples) {
    all += context.match(letter)?.length ?? 0;
    unspaced += context.match(unspacedLetter)?.length ?? 0;
  }
  return unspaced * 2 > all ? "characters" : "words";
}
