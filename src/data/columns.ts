import { DataError, isJsonObject } from "../base/index.js";
import type { RowSet } from "../formats/row.js";
import { guessLabel, guessTexts } from "./column-content.js";
import * as names from "./column-names.js";
import { ColumnSearch, type FoundColumn } from "./column-search.js";

/** The columns that hold what each form of task needs. What is absent, the data does not have. */
export interface TaskColumns {
  "text-classification": { text: string; pair?: string; label?: string; id?: string };
  /** Either words (with tags, to learn) or a text (with entities, to learn). */
  "token-classification": { words?: string; tags?: string; text?: string; entities?: string; id?: string };
  "question-answering": {
    question: string;
    context: string;
    answers?: string;
    impossible?: string;
    id?: string;
  };
  /** `choices` names one column that holds an array, or one column a choice. */
  "multiple-choice": {
    context: string;
    prompt?: string;
    choices: readonly string[];
    label?: string;
    id?: string;
  };
  "language-modelling": { text: string; id?: string };
  "masked-language-modelling": { text: string; id?: string };
  translation: TextPairColumns;
  summarisation: TextPairColumns;
  dialogue: TextPairColumns;
}

/** A text, and the one to be written from it. */
interface TextPairColumns {
  source: string;
  target?: string;
  id?: string;
}

/** What the rows of a data set are made for. */
export type TaskForm = keyof TaskColumns;

/** The columns in use and how each was found, to be printed. */
export interface ColumnGuess<Form extends TaskForm = TaskForm> {
  readonly form: Form;
  readonly columns: Readonly<TaskColumns[Form]>;
  readonly found: readonly FoundColumn[];
}

/** How the columns of a form are looked for, which it cannot do without, and which show that data is of the form. */
interface FormRule {
  readonly search: (search: ColumnSearch) => void;
  /** At least one of these sets of roles must be there. */
  readonly needs: readonly (readonly string[])[];
  readonly shownBy: readonly (readonly string[])[];
}

// in the order in which the form of unknown data is tried: the most particular first
const forms: Record<TaskForm, FormRule> = {
  "multiple-choice": {
    search: searchChoices,
    needs: [["context", "choices"]],
    shownBy: [["context", "choices"]],
  },
  "question-answering": {
    search: searchQuestions,
    needs: [["question", "context"]],
    shownBy: [["question", "context", "answers"]],
  },
  "token-classification": {
    search: searchTokens,
    needs: [["words"], ["text"]],
    shownBy: [
      ["words", "tags"],
      ["text", "entities"],
    ],
  },
  "text-classification": { search: searchTexts, needs: [["text"]], shownBy: [["text", "label"]] },
  "language-modelling": { search: searchText, needs: [["text"]], shownBy: [] },
  "masked-language-modelling": { search: searchText, needs: [["text"]], shownBy: [] },
  translation: textPairs(names.translationNames),
  summarisation: textPairs(names.summaryNames),
  dialogue: textPairs(names.dialogueNames),
};

/**
 * The columns of a data set that hold what a task needs: those the user named, then those whose name is usual,
 * then, for text classification, those whose content fits. A needed column that cannot be found, or a name that
 * does not exist, is an error.
 */
export function guessColumns<Form extends TaskForm>(
  form: Form,
  set: RowSet,
  named: Partial<TaskColumns[Form]> = {},
): ColumnGuess<Form> {
  const search = new ColumnSearch(set);
  for (const [role, given] of Object.entries(named) as [string, string | readonly string[] | undefined][]) {
    if (given !== undefined) search.option(role, given);
  }
  const { search: find, needs } = forms[form];
  find(search);
  search.byName("id", names.idNames);
  if (!needs.some((roles) => roles.every((role) => search.has(role)))) {
    throw search.notFound(needs[0]!.find((role) => !search.has(role))!);
  }
  return { form, columns: columnsOf(search) as unknown as TaskColumns[Form], found: search.found };
}

/** The form of task that a data set is made for, and what shows it. */
export function inferTaskForm(set: RowSet): { form: TaskForm; because: string } {
  if (set.format === "conll") return { form: "token-classification", because: "a word and its tag a line" };
  if (set.format === "squad") return { form: "question-answering", because: "the form of SQuAD" };
  for (const form of Object.keys(forms) as TaskForm[]) {
    const search = new ColumnSearch(set);
    forms[form].search(search);
    const shown = forms[form].shownBy.find((roles) => roles.every((role) => search.has(role)));
    if (shown === undefined) continue;
    const columns = search.found.filter(({ role }) => shown.includes(role)).flatMap((found) => found.columns);
    return { form, because: `columns ${columns.join(", ")}` };
  }
  throw new DataError(`${set.path}: expected columns that tell the task, got ${set.columns.join(", ")}`, {
    hint: `name the task: --task ${Object.keys(forms).reverse().join(" | ")}`,
  });
}

function columnsOf(search: ColumnSearch): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    search.found.map(({ role, columns }) => [role, role === "choices" ? columns : columns[0]!]),
  );
}

function searchTexts(search: ColumnSearch): void {
  if (!search.has("text") && !search.has("pair")) {
    for (const [first, second] of names.pairNames) {
      const pair = [search.called(first), search.called(second)];
      if (pair[0] === undefined || pair[1] === undefined) continue;
      search.take("text", [pair[0]], "name");
      search.take("pair", [pair[1]], "name");
    }
  }
  search.byName("label", names.labelNames);
  search.byName("text", names.textNames);
  const label = search.has("label") ? undefined : guessLabel(search.free());
  if (label !== undefined) search.take("label", [label], "content");
  if (search.has("text")) return;
  const [text, pair] = guessTexts(search.free());
  if (text !== undefined) search.take("text", [text], "content");
  if (pair !== undefined) search.take("pair", [pair], "content");
}

function searchText(search: ColumnSearch): void {
  search.byName("text", names.textNames);
  if (search.has("text")) return;
  const [text] = guessTexts(search.free());
  if (text !== undefined) search.take("text", [text], "content");
}

/** A source and its target, by name, else the two columns that hold texts in their order. */
function textPairs({ sources, targets }: names.TextPairNames): FormRule {
  const search = (search: ColumnSearch): void => {
    search.byName("target", targets);
    search.byName("source", sources);
    if (search.has("source")) return;
    const [first, second] = search.free().filter(({ filled, allNumbers }) => filled > 0 && !allNumbers);
    if (first === undefined) return;
    search.take("source", [first.name], "content");
    if (second !== undefined) search.take("target", [second.name], "content");
  };
  return { search, needs: [["source"]], shownBy: [] };
}

function searchTokens(search: ColumnSearch): void {
  const arrays = search.holding(
    (value) => Array.isArray(value) && value.every((item) => typeof item !== "object"),
  );
  const spans = search.holding(
    (value) => Array.isArray(value) && value.every((item) => typeof item === "object"),
  );
  if (!search.has("text") && !search.has("entities")) {
    search.byName("words", names.wordNames, arrays);
    if (search.has("words")) search.byName("tags", names.tagNames, arrays);
  }
  if (search.has("words")) return;
  search.byName("entities", names.entityNames, spans);
  search.byName("text", names.textNames);
}

function searchQuestions(search: ColumnSearch): void {
  search.byName("question", names.questionNames);
  search.byName("context", names.contextNames);
  search.byName("answers", names.answerNames);
  search.byName("impossible", names.impossibleNames);
}

function searchChoices(search: ColumnSearch): void {
  search.byName(
    "choices",
    names.choicesNames,
    search.holding((value) => Array.isArray(value) || isJsonObject(value)),
  );
  const numbered = search.set.columns.filter((name) => names.numberedChoice.test(names.canonicalName(name)));
  if (numbered.length > 1) search.take("choices", numbered, "name");
  search.byName("context", names.choiceContextNames);
  search.byName("prompt", names.choicePromptNames);
  search.byName("label", names.choiceLabelNames);
}
