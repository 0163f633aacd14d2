import type { Problem, TaskItem } from "./task.js";

/** A text or pair with what is known of it. */
export interface TextExample {
  readonly text: string;
  readonly pair: string | undefined;
  /** The label, the labels, the number; undefined in data without. */
  readonly label: string | readonly string[] | number | undefined;
  readonly id: string | undefined;
  /** Where it stands, for messages. */
  readonly place: string;
}

export type TextProblem<Prediction> = Problem<TextExample, TaskItem, Prediction>;
