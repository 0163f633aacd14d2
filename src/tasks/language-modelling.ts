// Running text, or texts by themselves: the model learns to foretell each token from those before it.
import { DataError, isJsonObject } from "../base/index.js";
import type { ColumnGuess } from "../data/columns.js";
import { placeOf, type Row } from "../formats/row.js";
import { bitsPer, perplexity } from "../metrics/index.js";
import { causalLmInputs, causalLmLoss, causalLmLosses, guessedFeeds } from "../objectives/index.js";
import type { Evaluation, ItemOutput, Problem, ReadExamples, Task } from "./task.js";
import { type BlockItem, encodeBlocks, type RunningExample } from "./text-blocks.js";

/** How well a text was foretold. */
export interface TextLikelihood {
  /** The negative logarithm of the probability of its tokens. */
  readonly nats: number;
  readonly tokenCount: number;
  /** How much text these tokens stand for. */
  readonly byteCount: number;
  readonly characterCount: number;
}

export const languageModelling: Task<RunningExample, BlockItem, TextLikelihood> = {
  name: "language-modelling",
  defaults: {
    ...{ epochs: 3, learningRate: 5e-5, learningRateFromScratch: 5e-4, batchSize: 8, maxLength: 512 },
    ...{ overflow: "stride", stride: 0 },
  },
  keepsOrder: true,
  readExamples(rows, columns) {
    const { text: textColumn, id: idColumn } = (columns as ColumnGuess<"language-modelling">).columns;
    const goesOn = rows.format === "running-text";
    const examples: RunningExample[] = [];
    const skipped: ReadExamples<RunningExample>["skipped"][number][] = [];
    for (const row of rows.rows) {
      const text = row.fields[textColumn];
      if (typeof text !== "string" || text === "") {
        skipped.push({ line: row.line, reason: `no text in column ${textColumn}` });
        continue;
      }
      examples.push({
        text,
        goesOn: goesOn && examples.length > 0,
        ends: !goesOn,
        id: idOf(row, idColumn),
        place: placeOf(rows.path, row.line),
      });
    }
    return { examples, skipped };
  },
  learn: () => languageProblem,
  restore: () => languageProblem,
  exampleOf(input) {
    const text = isJsonObject(input) ? input["text"] : input;
    if (typeof text !== "string")
      throw new DataError("expected a text, or an object { text }", {
        hint: 'for example "a fine film"',
      });
    return { text, goesOn: false, ends: true, id: undefined, place: "input" };
  },
};

const languageProblem: Problem<RunningExample, BlockItem, TextLikelihood> = {
  head: "causal-lm",
  labelCount: 0,
  labels: [],
  description: "language-modelling",
  primaryMetric: { name: "perplexity", greaterIsBetter: false },
  configFields: () => ({}),
  encode: encodeBlocks,
  inputs: causalLmInputs,
  loss: causalLmLoss,
  evaluated: (outputs) => new Map([["losses", causalLmLosses(outputs)]]),
  weightOf: (items) => items.reduce((count, { labels }) => count + labels.length, 0),
  targets: guessedFeeds,
  lengthsOf(examples, items) {
    const lengths = new Array<number>(examples.length).fill(0);
    for (const { owners } of items) for (const owner of owners) lengths[owner]!++;
    return lengths;
  },
  readOutputs(items, outputs) {
    const losses = outputs.get("losses")!.data as Float32Array;
    let start = 0;
    return items.map(({ labels }) => {
      const end = start + labels.length;
      const own = losses.slice(start, end);
      start = end;
      return { losses: own };
    });
  },
  decide: (examples, items, outputs) => likelihoods(examples.length, items, outputs),
  evaluate: (_, predictions) => evaluate(predictions),
  describePrediction(example, prediction) {
    const { id, text } = example;
    const { nats, tokenCount } = prediction;
    return {
      ...(id === undefined ? {} : { id }),
      text,
      logLikelihood: -nats,
      tokens: tokenCount,
      ...(tokenCount > 0 ? { perplexity: perplexity(nats, tokenCount) } : {}),
      ...(prediction.byteCount > 0 ? { bitsPerByte: bitsPer(nats, prediction.byteCount) } : {}),
    };
  },
  labelOf: () => undefined,
  textOf: ({ text, ends, place }) => (ends ? text : place), // a line of a text may well occur twice
};

function likelihoods(
  exampleCount: number,
  items: readonly BlockItem[],
  outputs: readonly ItemOutput[],
): TextLikelihood[] {
  const sums = Array.from({ length: exampleCount }, () => ({
    ...{ nats: 0, tokenCount: 0, byteCount: 0, characterCount: 0 },
  }));
  for (const [i, { owners, byteCounts, characterCounts }] of items.entries()) {
    const losses = outputs[i]!["losses"]!;
    for (const [k, owner] of owners.entries()) {
      const sum = sums[owner]!;
      sum.nats += losses[k]!;
      sum.tokenCount++;
      sum.byteCount += byteCounts[k]!;
      sum.characterCount += characterCounts[k]!;
    }
  }
  return sums;
}

/** All texts as one. */
function evaluate(predictions: readonly TextLikelihood[]): Evaluation {
  const total = (key: keyof TextLikelihood): number =>
    predictions.reduce((sum, prediction) => sum + prediction[key], 0);
  const nats = total("nats");
  return {
    metrics: {
      perplexity: perplexity(nats, total("tokenCount")),
      bits_per_byte: bitsPer(nats, total("byteCount")),
      bits_per_character: bitsPer(nats, total("characterCount")),
    },
    classes: [],
    exampleCount: predictions.length,
  };
}

function idOf(row: Row, column: string | undefined): string | undefined {
  const value = column === undefined ? undefined : row.fields[column];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
