// Running text, or texts by themselves: the model learns to foretell each token from those before it.
import { DataError, isJsonObject } from "../base/index.js";
import type { ColumnGuess } from "../data/columns.js";
import { placeOf, type Row } from "../formats/row.js";
import { bitsPer, perplexity } from "../metrics/index.js";
import { foretoldTokens, type TextLikelihood } from "./foretold-tokens.js";
import type { ItemOutput, Problem, ReadExamples, Task } from "./task.js";
import { type BlockItem, encodeBlocks, type RunningExample } from "./text-blocks.js";

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
  ...foretoldTokens,
  labels: [],
  description: "language-modelling",
  configFields: () => ({}),
  encode: encodeBlocks,
  lengthsOf(examples, items) {
    const lengths = new Array<number>(examples.length).fill(0);
    for (const { owners } of items) for (const owner of owners) lengths[owner]!++;
    return lengths;
  },
  decide: (examples, items, outputs) => likelihoods(examples.length, items, outputs),
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

function idOf(row: Row, column: string | undefined): string | undefined {
  const value = column === undefined ? undefined : row.fields[column];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
