import { DataError, float32, type Tensor } from "../base/index.js";
import { input } from "../engine/index.js";
import { meanSquaredError, pearson, spearman } from "../metrics/index.js";
import { squaredErrorLoss } from "../objectives/losses.js";
import { logitsOf } from "./class-problem.js";
import type { TextExample, TextProblem } from "./text-example.js";
import { averageWindows, describeText, encodeTexts } from "./text-items.js";

/** A number for a text or pair; the head has one output, trained by squared error. */
export function learnNumber(examples: readonly TextExample[]): TextProblem<number> {
  for (const example of examples)
    if (example.label !== undefined && numberOf(example) === undefined)
      throw new DataError(
        `${example.place}: expected a number as label, got ${JSON.stringify(example.label)}`,
        {
          hint: "leave out --problem regression if the labels are classes",
        },
      );
  return restoreNumber();
}

/** The problem of a model that was fine-tuned to give a number. */
export function restoreNumber(): TextProblem<number> {
  return {
    head: "sequence-classification",
    labelCount: 1,
    labels: [],
    description: "text-classification, regression",
    primaryMetric: { name: "pearson", greaterIsBetter: true },
    configFields: () => ({
      problem_type: "regression",
      id2label: { "0": "LABEL_0" },
      label2id: { LABEL_0: 0 },
    }),
    encode: (examples, tokenizer, settings) =>
      encodeTexts(examples, tokenizer, settings).map((item) => ({
        ...item,
        target: numberOf(examples[item.example]!),
      })),
    loss: (outputs) =>
      squaredErrorLoss(logitsOf(outputs), input("targets", ["batch", 1]), input("weights", ["batch", 1])),
    weightOf: (items) => items.filter((item) => targetOf(item) !== undefined).length,
    targets(items, _length, totalWeight): ReadonlyMap<string, Tensor> {
      const targets = items.map(targetOf);
      const shape = [items.length, 1];
      return new Map([
        [
          "targets",
          float32(
            shape,
            targets.map((target) => target ?? 0),
          ),
        ],
        [
          "weights",
          float32(
            shape,
            targets.map((target) => (target === undefined ? 0 : 1 / totalWeight)),
          ),
        ],
      ]);
    },
    readOutputs: (items, outputs) => {
      const logits = outputs.get("logits")!.data as Float32Array;
      return items.map((_, i) => ({ logits: logits.slice(i, i + 1) }));
    },
    decide: (examples, items, outputs) =>
      averageWindows(examples.length, items, outputs).map((mean) => mean[0]!),
    evaluate(examples, predictions) {
      const known = examples.flatMap((example, i) => {
        const target = numberOf(example);
        return target === undefined ? [] : [[target, predictions[i]!] as const];
      });
      const [truth, predicted] = [known.map(([target]) => target), known.map(([, prediction]) => prediction)];
      return {
        metrics: {
          pearson: pearson.compute(truth, predicted),
          spearmanr: spearman.compute(truth, predicted),
          mse: meanSquaredError.compute(truth, predicted),
        },
        classes: [],
        exampleCount: known.length,
      };
    },
    describePrediction(example, prediction, items) {
      const truth = numberOf(example);
      return { ...describeText(example, items), prediction, ...(truth === undefined ? {} : { truth }) };
    },
    labelOf: () => undefined,
    textOf: ({ text, pair }) => (pair === undefined ? text : `${text}\t${pair}`),
  };
}

function numberOf({ label }: TextExample): number | undefined {
  const number = typeof label === "string" && label.trim() !== "" ? Number(label) : label;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function targetOf(item: object): number | undefined {
  return (item as { target?: number }).target;
}
