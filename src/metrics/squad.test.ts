import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../test/shared.js";
import { answerF1, bestThresholds, exactMatch, normalizeAnswer, squadScores } from "./index.js";

const close = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= 1e-12, `${what}: ${actual} is not ${expected}`);

describe("SQuAD metrics", () => {
  test("equal the official scripts'", needs("golden/metrics/squad.json"), () => {
    const golden = sharedJson("golden/metrics/squad.json");
    assert.equal(golden.english.length, 40);
    for (const { gold, pred, exact, f1, f1_v2, normalized_gold } of golden.english) {
      const what = `${gold} / ${pred}`;
      assert.equal(normalizeAnswer(gold), normalized_gold);
      assert.equal(exactMatch(gold, pred), exact, what);
      close(answerF1(gold, pred, { version: 1 }), f1, what);
      close(answerF1(gold, pred), f1_v2, what);
    }
    assert.equal(golden.english_several_golds.length, 10);
    for (const { golds, pred, exact, f1, f1_v2 } of golden.english_several_golds) {
      const question = { golds, predicted: pred };
      const first = squadScores([question], { version: 1 });
      close(first.exactMatch, 100 * exact, pred);
      close(first.f1, 100 * f1, pred);
      // an answer of which nothing remains is left out by the 2.0 script before it compares
      if (golds.every((gold: string) => normalizeAnswer(gold) !== "")) {
        close(squadScores([question], { version: 2 }).f1, 100 * f1_v2, pred);
      }
    }
  });

  test("Japanese answers are compared by character", needs("golden/metrics/squad.json"), () => {
    const { japanese_characters } = sharedJson("golden/metrics/squad.json");
    assert.equal(japanese_characters.length, 10);
    for (const { gold, pred, exact, f1 } of japanese_characters) {
      assert.equal(exactMatch(gold, pred, "characters"), exact, gold);
      close(answerF1(gold, pred, { form: "characters" }), f1, gold);
    }
  });

  test("an article inside an accented word stays", () => {
    assert.equal(normalizeAnswer("Thé á la a"), "thé á la");
  });

  test("questions without an answer are scored apart", () => {
    const scores = squadScores([
      { golds: ["Paris"], predicted: "Paris" },
      { golds: ["Rome"], predicted: "" },
      { golds: [], predicted: "" },
      { golds: [], predicted: "Oslo" },
      { golds: [], predicted: "" },
    ]);
    assert.equal(scores.exactMatch, 60);
    assert.deepEqual(scores.hasAnswer, { exactMatch: 50, f1: 50, total: 2 });
    assert.equal(scores.noAnswer!.exactMatch, (100 * 2) / 3);
  });

  test("a threshold silences unsure answers", () => {
    const questions = [
      { golds: ["a b"], predicted: "b", noAnswerScore: 0.2 },
      { golds: [], predicted: "x", noAnswerScore: 0.6 },
      { golds: ["c"], predicted: "c", noAnswerScore: 0.7 },
    ];
    const scores = squadScores(questions, { noAnswerThreshold: 0.5 });
    assert.equal(scores.exactMatch, (100 * 2) / 3); // the first ("a" is an article), and the second silenced
    assert.deepEqual(scores.noAnswer, { exactMatch: 100, f1: 100, total: 1 });
  });

  test("the best threshold takes in sure answers and leaves out what costs", () => {
    const best = bestThresholds([
      { golds: ["x"], predicted: "x", noAnswerScore: -2 },
      { golds: [], predicted: "y", noAnswerScore: 1 },
      { golds: ["z"], predicted: "w", noAnswerScore: 0 },
      { golds: ["u v"], predicted: "u", noAnswerScore: -1 },
    ]);
    assert.deepEqual(best.exactMatch, { score: 50, threshold: -2 });
    close(best.f1.score, (100 * (2 + 2 / 3)) / 4, "F1");
    assert.equal(best.f1.threshold, -1);
  });

  test("thresholds need scores", () => {
    assert.throws(
      () => bestThresholds([{ golds: [], predicted: "" }]),
      /question 1: expected a no-answer score/,
    );
    assert.throws(() => squadScores([]), /expected at least one question/);
  });
});
