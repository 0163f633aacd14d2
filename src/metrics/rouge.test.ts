import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../test/shared.js";
import { meanRouge, type RougeKind, rouge } from "./index.js";

const golden = "golden/metrics/rouge.json";

describe("ROUGE is rouge_score's", needs(golden), () => {
  test("of texts, with stems and without", () => {
    const { cases } = sharedJson(golden);
    assert.equal(cases.length, 30);
    for (const { prediction, reference, plain, stemmer } of cases)
      for (const [stems, expected] of [
        [false, plain],
        [true, stemmer],
      ] as const) {
        const got = rouge(prediction, reference, { stems });
        for (const [kind, [precision, recall, f1]] of Object.entries<[number, number, number]>(expected)) {
          const score = got[kind as RougeKind];
          const differences = [score.precision - precision, score.recall - recall, score.f1 - f1];
          assert.ok(
            differences.every((difference) => Math.abs(difference) < 1e-12),
            `${kind} of ${JSON.stringify(prediction)}: ${JSON.stringify(score)}`,
          );
        }
      }
  });
});

test("the mean takes the best reference of each text", () => {
  const mean = meanRouge(["a b", "c d"], [["x y", "a b"], ["c d"]]);
  assert.equal(mean.rouge1, 1);
  assert.ok(Math.abs(meanRouge(["a b"], [["a c"]]).rouge1 - 0.5) < 1e-12);
});

test("other scripts are compared by words that are given", () => {
  const words = (text: string): string[] => [...text];
  assert.equal(rouge("東京", "京都").rouge1.f1, 0);
  assert.equal(rouge("東京", "京都", { words }).rouge1.f1, 0.5);
});
