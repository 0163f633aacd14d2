import { nearest, OptionError } from "../base/index.js";
import type { TaskForm } from "../data/columns.js";
import { dialogue } from "./dialogue.js";
import { languageModelling } from "./language-modelling.js";
import { maskedLanguageModelling } from "./masked-language-modelling.js";
import { multipleChoice } from "./multiple-choice.js";
import { questionAnswering } from "./question-answering.js";
import { summarisation } from "./summarisation.js";
import type { AnyTask } from "./task.js";
import { textClassification } from "./text-classification.js";
import { tokenClassification } from "./token-classification.js";
import { translation } from "./translation.js";

export type { AnswerPrediction, FoundAnswer } from "./answer-search.js";
export type { ClassPrediction } from "./class-problem.js";
export type { TextLikelihood } from "./foretold-tokens.js";
export type { GuessedTokens } from "./hidden-tokens.js";
export type { MaskedItem } from "./masked-blocks.js";
export type { ChoiceExample, ChoicePrediction } from "./multiple-choice.js";
export type { QuestionExample } from "./question-example.js";
export type { FoundEntity, TagPrediction } from "./tag-predictions.js";
export type { RawTextExample, TaggedExample, WordsExample } from "./tagged-example.js";
export * from "./task.js";
export type { BlockItem, RunningExample } from "./text-blocks.js";
export type { TextExample } from "./text-example.js";
export type { TextPairExample, TextPairItem, WrittenPrediction } from "./text-to-text.js";
export {
  dialogue,
  languageModelling,
  maskedLanguageModelling,
  multipleChoice,
  questionAnswering,
  summarisation,
  textClassification,
  tokenClassification,
  translation,
};

/** Every task, by its name. */
export const tasks: Readonly<Record<TaskForm, AnyTask>> = {
  "text-classification": textClassification,
  "token-classification": tokenClassification,
  "question-answering": questionAnswering,
  "multiple-choice": multipleChoice,
  "language-modelling": languageModelling,
  "masked-language-modelling": maskedLanguageModelling,
  translation,
  summarisation,
  dialogue,
};

/** The task of a name, as `--task` gives it. */
export function taskNamed(name: string): AnyTask {
  if (Object.hasOwn(tasks, name)) return tasks[name as TaskForm];
  const known = Object.keys(tasks);
  const near = nearest(name, known);
  throw new OptionError(`task: expected one of ${known.join(", ")}, got ${name}`, {
    hint: near === undefined ? "leave it out to have it told from the data" : `did you mean ${near}?`,
  });
}
