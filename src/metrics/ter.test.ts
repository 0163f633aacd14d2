import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { repository } from "../../test/shared.js";
import { ter } from "./index.js";

interface GoldenSet {
  readonly name: string;
  readonly hypotheses: readonly string[];
  /** One text for each hypothesis in each list. */
  readonly references: readonly (readonly string[])[];
  /** Of each text. */
  readonly edits: readonly number[];
  readonly score: number;
  readonly cased: number;
  readonly referenceLength: number;
}

describe("TER is sacrebleu's", () => {
  const sets: readonly GoldenSet[] = JSON.parse(
    readFileSync(`${repository}/test/golden/metrics/ter.json`, "utf8"),
  ).sets;
  for (const { name, hypotheses, ...golden } of sets)
    test(name, () => {
      const references = hypotheses.map((_, i) => golden.references.map((texts) => texts[i]!));
      assert.deepEqual(
        hypotheses.map((hypothesis, i) => ter([hypothesis], [references[i]!]).editCount),
        golden.edits,
      );
      const got = ter(hypotheses, references);
      assert.ok(Math.abs(got.score - golden.score) < 1e-9);
      assert.equal(got.referenceLength, golden.referenceLength);
      assert.ok(Math.abs(ter(hypotheses, references, { lowerCase: false }).score - golden.cased) < 1e-9);
    });
});

describe("ter", () => {
  test("a run of words is moved at once, a word is replaced", () => {
    assert.equal(ter(["c d e a b"], [["a b c d e"]]).editCount, 1);
    assert.deepEqual(ter(["a x c d"], [["a b c d"]]), { score: 25, editCount: 1, referenceLength: 4 });
  });

  test("words are cut as asked for, and nothing at all is an error", () => {
    assert.equal(ter(["いぬ"], [["ぬい"]], { words: (line) => [...line] }).editCount, 1);
    assert.throws(() => ter([], []), { name: "DataError" });
  });
});
