import { DataError } from "../base/index.js";
import { type AnswerForm, answerF1, exactMatch, normalizeAnswer } from "./squad-answer.js";

/** One question: the answers that count as right (none where it has no answer) and the one predicted. */
export interface AnsweredQuestion {
  readonly golds: readonly string[];
  /** The predicted answer, "" for no answer. */
  readonly predicted: string;
  /** How likely it is that there is no answer; any scale. Needed for thresholds only. */
  readonly noAnswerScore?: number;
}

/** Scores in percent, as the official scripts print them. */
export interface SquadScores {
  readonly exactMatch: number;
  readonly f1: number;
  readonly total: number;
  /** The same over the questions that have an answer, and over those that have none; absent where there are none. */
  readonly hasAnswer?: SquadScores;
  readonly noAnswer?: SquadScores;
}

/** Options of SQuAD scoring. */
export interface SquadOptions {
  /** 1: every question has an answer; 2: some have none. Taken from the questions where not given. */
  readonly version?: 1 | 2;
  readonly form?: AnswerForm;
  /** Above this no-answer score the prediction counts as "no answer". Default: predictions stand as they are. */
  readonly noAnswerThreshold?: number;
}

interface QuestionScore {
  readonly exact: number;
  readonly f1: number;
  readonly hasAnswer: boolean;
}

/** Exact match and F1 over questions, the best over each question's answers, as the official scripts compute them. */
export function squadScores(questions: readonly AnsweredQuestion[], options: SquadOptions = {}): SquadScores {
  const version = options.version ?? (questions.every(hasAnswer) ? 1 : 2);
  const scores = questions.map((question) => scoreOf(question, version, options));
  const all = averageOf(scores);
  if (version === 1) return all;
  const withAnswer = scores.filter((score) => score.hasAnswer);
  const without = scores.filter((score) => !score.hasAnswer);
  return {
    ...all,
    ...(withAnswer.length > 0 && { hasAnswer: averageOf(withAnswer) }),
    ...(without.length > 0 && { noAnswer: averageOf(without) }),
  };
}

/** The best score that any no-answer threshold reaches, and that threshold. */
export interface BestThreshold {
  readonly score: number;
  readonly threshold: number;
}

/**
 * The thresholds on the no-answer score that give the best exact match and the best F1 (percent), as the
 * official 2.0 script finds them: predictions are taken in, surest of an answer first.
 */
export function bestThresholds(
  questions: readonly AnsweredQuestion[],
  form: AnswerForm = "words",
): { exactMatch: BestThreshold; f1: BestThreshold } {
  const scores = questions.map((question) => scoreOf(question, 2, { form }));
  const noAnswerScores = questions.map((question, i) => {
    if (question.noAnswerScore !== undefined) return question.noAnswerScore;
    throw new DataError(`question ${i + 1}: expected a no-answer score, got none`, {
      hint: "thresholds need the score of the empty answer beside each prediction",
    });
  });
  const order = questions.map((_, i) => i).sort((a, b) => noAnswerScores[a]! - noAnswerScores[b]!);
  const search = (key: "exact" | "f1"): BestThreshold => {
    let current = scores.filter((score) => !score.hasAnswer).length;
    let best = current;
    let threshold = 0;
    for (const i of order) {
      const score = scores[i]!;
      current += score.hasAnswer ? score[key] : questions[i]!.predicted === "" ? 0 : -1;
      if (current > best) [best, threshold] = [current, noAnswerScores[i]!];
    }
    return { score: (100 * best) / questions.length, threshold };
  };
  return { exactMatch: search("exact"), f1: search("f1") };
}

function scoreOf(question: AnsweredQuestion, version: 1 | 2, options: SquadOptions): QuestionScore {
  const form = options.form ?? "words";
  const known = hasAnswer(question);
  const silent =
    options.noAnswerThreshold !== undefined && (question.noAnswerScore ?? 0) > options.noAnswerThreshold;
  if (silent) return { exact: known ? 0 : 1, f1: known ? 0 : 1, hasAnswer: known };
  // 2.0 leaves out answers of which normalisation leaves nothing
  const meaningful = question.golds.filter((gold) => version === 1 || meaning(gold, form) !== "");
  const golds = meaningful.length > 0 ? meaningful : [""];
  return {
    exact: Math.max(...golds.map((gold) => exactMatch(gold, question.predicted, form))),
    f1: Math.max(...golds.map((gold) => answerF1(gold, question.predicted, { form, version }))),
    hasAnswer: known,
  };
}

function meaning(gold: string, form: AnswerForm): string {
  return form === "words" ? normalizeAnswer(gold) : gold.trim();
}

function hasAnswer(question: AnsweredQuestion): boolean {
  return question.golds.length > 0;
}

function averageOf(scores: readonly QuestionScore[]): SquadScores {
  if (scores.length === 0) {
    throw new DataError("SQuAD scores: expected at least one question, got none", {
      hint: "evaluate on a file that has questions",
    });
  }
  const percent = (key: "exact" | "f1") =>
    (100 * scores.reduce((sum, score) => sum + score[key], 0)) / scores.length;
  return { exactMatch: percent("exact"), f1: percent("f1"), total: scores.length };
}
