// Which of a few endings or answers is right.
import { argmax, DataError, float32, int64, isJsonObject, OptionError, type Tensor } from "../base/index.js";
import { choicesOf } from "../data/choices.js";
import type { ColumnGuess } from "../data/columns.js";
import { rowPlace, textOf } from "../data/fields.js";
import { add, input } from "../engine/index.js";
import type { Row, RowSet } from "../formats/row.js";
import { accuracy } from "../metrics/index.js";
import { labelLoss } from "../objectives/losses.js";
import type { Encoding, Tokenizer } from "../tokenizers/index.js";
import { logitsOf } from "./class-problem.js";
import { softmaxOf } from "./probabilities.js";
import { idOf, readRowsWith } from "./read-rows.js";
import type { EncodeSettings, Problem, Task, TaskItem } from "./task.js";
import { encodeWithin } from "./truncation.js";

/** A context and what may follow it. */
export interface ChoiceExample {
  readonly context: string;
  /** What stands before each choice: the beginning of an ending, or a question. */
  readonly prompt: string | undefined;
  readonly choices: readonly string[];
  /** The index of the right choice; undefined in data without. */
  readonly right: number | undefined;
  readonly id: string | undefined;
  readonly place: string;
}

/** An example with one encoding a choice; where others have more choices, the first is repeated to fill up. */
export interface ChoiceItem extends TaskItem {
  readonly choices: readonly Encoding[];
  /** How many of them are real. */
  readonly choiceCount: number;
  readonly right: number | undefined;
}

export interface ChoicePrediction {
  readonly choice: number;
  readonly probabilities: Float64Array;
}

export type ChoiceProblem = Problem<ChoiceExample, ChoiceItem, ChoicePrediction>;

/** Defaults as in Python's run_swag.py. */
export const multipleChoice: Task<ChoiceExample, ChoiceItem, ChoicePrediction> = {
  name: "multiple-choice",
  defaults: { epochs: 3, learningRate: 5e-5, batchSize: 8, maxLength: 512, overflow: "truncate" },
  readExamples: (rows, columns) =>
    readRowsWith(rows, (row) => readChoice(rows, row, (columns as ColumnGuess<"multiple-choice">).columns)),
  learn: choiceProblem,
  restore: choiceProblem,
  exampleOf(input) {
    const { context, prompt, choices } = isJsonObject(input) ? input : {};
    if (
      typeof context !== "string" ||
      !(Array.isArray(choices) && choices.length > 1 && choices.every((choice) => typeof choice === "string"))
    )
      throw new DataError("expected an object { context, choices } with at least two choices", {
        hint: 'for example { "context": "She opens the door.", "choices": ["She goes in.", "It is a fish."] }',
      });
    const given = typeof prompt === "string" ? prompt : undefined;
    return { context, prompt: given, choices, right: undefined, id: undefined, place: "input" };
  },
};

function readChoice(
  set: RowSet,
  row: Row,
  columns: ColumnGuess<"multiple-choice">["columns"],
): ChoiceExample {
  const { choices, right } = choicesOf(set, row, columns);
  if (columns.label !== undefined && right === undefined)
    throw new DataError(`no label in column ${columns.label}`);
  return {
    context: textOf(set, row, columns.context),
    prompt: columns.prompt === undefined ? undefined : textOf(set, row, columns.prompt),
    choices,
    right,
    id: idOf(row, columns.id),
    place: rowPlace(set, row),
  };
}

/** Nothing has to be learnt of the data beforehand: the head gives one score a choice, whatever the choices are. */
function choiceProblem(): ChoiceProblem {
  return {
    head: "multiple-choice",
    labelCount: 1,
    labels: [],
    description: "multiple-choice",
    primaryMetric: { name: "accuracy", greaterIsBetter: true },
    configFields: () => ({}),
    encode: encodeChoices,
    loss: (outputs) =>
      labelLoss(
        add(logitsOf(outputs), input("choiceBias", ["examples", "choices"])),
        input("labels", ["examples"], "int64"),
        input("weights", ["examples"]),
      ),
    weightOf: (items) => items.filter(({ right }) => right !== undefined).length,
    targets(items, _length, totalWeight): ReadonlyMap<string, Tensor> {
      const shape = [items.length, items[0]!.choices.length];
      const shares = items.map(({ right }) => (right === undefined ? 0 : 1 / totalWeight));
      // a choice that only fills up must not take part in the softmax
      const bias = items.flatMap(({ choices, choiceCount }) =>
        choices.map((_, i) => (i < choiceCount ? 0 : -1e4)),
      );
      return new Map<string, Tensor>([
        ["choiceBias", float32(shape, bias)],
        [
          "labels",
          int64(
            [items.length],
            items.map(({ right }) => right ?? 0),
          ),
        ],
        ["weights", float32([items.length], shares)],
      ]);
    },
    readOutputs(items, outputs) {
      const { data, shape } = outputs.get("logits")!; // [examples, choices]
      return items.map(({ choiceCount }, row) => ({
        logits: (data as Float32Array).slice(row * shape[1]!, row * shape[1]! + choiceCount),
      }));
    },
    decide: (_examples, _items, outputs) =>
      outputs.map(({ logits }) => ({ choice: argmax(logits!), probabilities: softmaxOf(logits!) })),
    evaluate(examples, predictions) {
      const known = examples.flatMap(({ right }, i) =>
        right === undefined ? [] : [[right, predictions[i]!.choice] as const],
      );
      const truth = known.map(([right]) => right);
      const predicted = known.map(([, choice]) => choice);
      return {
        metrics: { accuracy: accuracy.compute(truth, predicted) },
        classes: [],
        exampleCount: known.length,
      };
    },
    describePrediction({ id, context, prompt, choices, right }, { choice, probabilities }, items) {
      const encodings = items.flatMap((item) => item.choices.slice(0, item.choiceCount));
      const truncated = encodings.reduce((count, { truncatedCount }) => count + truncatedCount, 0);
      const unknown = encodings.reduce((count, { unknownCount }) => count + unknownCount, 0);
      return {
        ...(id === undefined ? {} : { id }),
        context,
        ...(prompt === undefined ? {} : { prompt }),
        choices,
        choice,
        text: choices[choice]!,
        score: probabilities[choice]!,
        probabilities: [...probabilities],
        truncated: truncated > 0,
        ...(truncated > 0 ? { truncatedTokens: truncated } : {}),
        ...(unknown > 0 ? { unknownTokens: unknown } : {}),
        ...(right === undefined ? {} : { truth: right }),
      };
    },
    labelOf: () => undefined,
    textOf: ({ context, prompt = "", choices }) => [context, prompt, ...choices].join("\t"),
  };
}

/** Each choice as a pair with the context: `[CLS] context [SEP] prompt choice [SEP]`. */
function encodeChoices(
  examples: readonly ChoiceExample[],
  tokenizer: Tokenizer,
  settings: EncodeSettings,
): ChoiceItem[] {
  if (settings.overflow === "stride")
    throw new OptionError("multiple-choice: expected --on-overflow error or truncate, got stride", {
      hint: "a choice is judged once; raise --max-length if texts are long",
    });
  const most = examples.reduce((count, { choices }) => Math.max(count, choices.length), 0);
  return examples.map(({ context, prompt, choices, right, place }, example) => {
    const encodings = choices.map((choice) => {
      const second = prompt === undefined ? choice : `${prompt} ${choice}`;
      return encodeWithin(tokenizer, context, second, settings, place)[0]!;
    });
    const longest = encodings.reduce((a, b) => (b.ids.length > a.ids.length ? b : a));
    const filled = Array.from({ length: most }, (_, i) => encodings[i] ?? encodings[0]!);
    return { encoding: longest, example, choices: filled, choiceCount: choices.length, right };
  });
}
