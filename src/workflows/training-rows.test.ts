import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { corpusOf } from "../data/corpus/corpus-of.js";
import { corpusRows } from "../data/corpus/corpus-rows.js";
import type { Stretch } from "../data/corpus/token-corpus.js";
import type { TaskItem } from "../tasks/task.js";
import { wordPieceTokenizer } from "../tokenizers/index.js";
import { rowsOfCorpora } from "./training-rows.js";

const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const tokenizer = wordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...letters]);
const encode = (stretches: readonly Stretch[]): TaskItem[] =>
  stretches.map(({ ids }, example) => ({
    example,
    encoding: { ids, typeIds: new Int32Array(ids.length), truncatedCount: 0, unknownCount: 0 },
  }));

describe("rows of corpora", () => {
  const corpus = corpusOf([letters.join(" "), letters.toReversed().join(" ")], tokenizer);
  const rows = corpusRows({ corpora: [{ corpus }], rowLength: 4, seed: 1 });
  const idsOf = (batches: readonly (readonly TaskItem[])[]): number[][][] =>
    batches.map((items) => items.map(({ encoding }) => [...encoding.ids]));

  test("come in batches by the number of the step, one row after the other through all steps", () => {
    const training = rowsOfCorpora(rows, { encode }, { batchSize: 3, accumulationSteps: 2 });
    assert.equal(training.rowCount, 13);
    const expected = Array.from({ length: 30 }, (_, i) => [...rows.row(i).ids]);
    const got = [0, 1, 2, 3, 4].flatMap((step) => idsOf(training.batchesOf(step)).flat());
    assert.deepEqual(got, expected);
    assert.deepEqual(idsOf(training.batchesOf(3)), [expected.slice(18, 21), expected.slice(21, 24)]);
    assert.deepEqual(
      training.batchesOf(3).flatMap((items) => items.map(({ example }) => example)),
      [18, 19, 20, 21, 22, 23],
    );
  });

  test("are the same however a step is cut into batches", () => {
    const whole = rowsOfCorpora(rows, { encode }, { batchSize: 4, accumulationSteps: 1 });
    const parts = rowsOfCorpora(rows, { encode }, { batchSize: 2, accumulationSteps: 2 });
    for (const step of [0, 7]) assert.deepEqual(parts.batchesOf(step).flat(), whole.batchesOf(step).flat());
  });
});
