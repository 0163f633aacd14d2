import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findAnswers, type ScoredWindow } from "./answer-search.js";
import { spelling } from "./fixtures.test.js";

const tokenizer = spelling(["who", "ann", "met", "bob", "smith"]);
const context = "ann met bob smith";
const options = { bestCount: 20, maxAnswerLength: 30, mayDecline: false };

/** [CLS] who [SEP] ann met bob smith [SEP], with logits by place; -10 elsewhere. */
function windowOf(starts: Record<number, number>, ends: Record<number, number>): ScoredWindow {
  const encoding = tokenizer.encode("who", { pair: context });
  const side = (logits: Record<number, number>): Float32Array =>
    Float32Array.from(encoding.ids, (_, i) => logits[i] ?? -10);
  return { encoding, startLogits: side(starts), endLogits: side(ends) };
}

describe("findAnswers", () => {
  test("takes the best start with the best end, as a stretch of the context", () => {
    const { best, noAnswerScore } = findAnswers(context, [windowOf({ 5: 3 }, { 5: 1, 6: 2 })], options);
    const [first, second] = best;
    assert.deepEqual([first!.text, first!.start, first!.end, first!.logit], ["bob smith", 8, 17, 5]);
    assert.equal(second!.text, "bob");
    assert.ok(Math.abs(second!.score / first!.score - Math.exp(-1)) < 1e-12);
    assert.ok(Math.abs(best.reduce((sum, { score }) => sum + score, 0) - 1) < 1e-12);
    assert.equal(noAnswerScore, undefined);
  });

  test("an answer lies in the context, does not end before it begins and is not too long", () => {
    const scored = windowOf({ 1: 9, 6: 4, 3: 3 }, { 0: 9, 1: 9, 4: 5, 6: 1 });
    assert.equal(findAnswers(context, [scored], options).best[0]!.text, "ann met"); // 8 before smith's 5
    const short = { ...options, maxAnswerLength: 1 };
    assert.equal(findAnswers(context, [scored], short).best[0]!.text, "smith");
  });

  test("keeps so many answers and tries so many places", () => {
    const scored = windowOf({ 3: 2, 4: 1 }, { 4: 2, 5: 1 });
    const found = findAnswers(context, [scored], { ...options, bestCount: 2 });
    assert.deepEqual(
      found.best.map(({ text }) => text),
      ["ann met", "ann met bob"],
    );
  });

  test("declines by the window that likes it least", () => {
    const windows = [windowOf({ 0: 9, 3: 1 }, { 0: 9, 3: 1 }), windowOf({ 0: 2, 5: 2 }, { 0: 1, 5: 3 })];
    const { best, noAnswerScore } = findAnswers(context, windows, { ...options, mayDecline: true });
    assert.equal(best[0]!.text, "bob");
    assert.equal(noAnswerScore, 3 - 5);
    assert.equal(best.filter(({ text }) => text === "").length, 1);
  });

  test("keeps the empty answer even where it is not among the best", () => {
    const scored = windowOf({ 3: 5, 0: -50 }, { 3: 5, 4: 4, 0: -50 });
    const { best } = findAnswers(context, [scored], { ...options, bestCount: 1, mayDecline: true });
    assert.deepEqual(
      best.map(({ text }) => text),
      ["ann", ""],
    );
  });

  test("finds nothing where no start or end lies in the context", () => {
    const scored = windowOf({ 1: 9 }, { 1: 9 });
    assert.deepEqual(findAnswers(context, [scored], { ...options, bestCount: 1 }).best, []);
    const found = findAnswers(context, [scored], { ...options, bestCount: 1, mayDecline: true });
    assert.equal(found.noAnswerScore, -20);
  });
});
