import type { AnswerSpan } from "../data/answers.js";

/** A question on a context. */
export interface QuestionExample {
  readonly question: string;
  readonly context: string;
  /** None where the context has no answer; undefined in data without answers. The first is the one to learn. */
  readonly answers: readonly AnswerSpan[] | undefined;
  readonly id: string | undefined;
  /** Where it stands, for messages. */
  readonly place: string;
}
