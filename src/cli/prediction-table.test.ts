import assert from "node:assert/strict";
import { test } from "node:test";
import { predictionTable } from "./prediction-table.js";

test("a class with its score; truncation is a column only where something was cut", () => {
  assert.deepEqual(
    predictionTable([
      { text: "要素の\n余白", label: "CSS", score: 0.97, truncated: false },
      { text: "x".repeat(60), pair: "y", label: "API", score: 0.5, truncated: true },
    ]),
    {
      head: ["input", "prediction", "score", ""],
      rows: [
        ["要素の 余白", "CSS", "0.970", ""],
        [`${"x".repeat(49)}…`, "API", "0.500", "truncated"],
      ],
    },
  );
  assert.deepEqual(predictionTable([{ text: "a", pair: "b", label: "c", score: 1, truncated: false }]), {
    head: ["input", "prediction", "score"],
    rows: [["a | b", "c", "1.000"]],
  });
});

test("several labels, none, and numbers", () => {
  assert.deepEqual(
    predictionTable([
      { text: "t", labels: ["a", "b"] },
      { text: "u", labels: [] },
    ]).rows,
    [
      ["t", "a, b"],
      ["u", "–"],
    ],
  );
  assert.deepEqual(predictionTable([{ text: "t", prediction: 3.25 }]).rows, [["t", "3.250"]]);
});

test("entities, tags, answers and choices", () => {
  const entities = [{ text: "Soseki", type: "PER", start: 0, end: 6, score: 0.9 }];
  assert.deepEqual(predictionTable([{ words: ["Soseki", "wrote"], tags: ["B-PER", "O"], entities }]).rows, [
    ["Soseki wrote", "Soseki (PER)"],
  ]);
  assert.deepEqual(predictionTable([{ words: ["it", "ran"], tags: ["PRON", "VERB"] }]).rows, [
    ["it ran", "it/PRON ran/VERB"],
  ]);
  assert.deepEqual(
    predictionTable([
      { question: "Who?", context: "By Soseki.", answer: "Soseki", score: 0.8 },
      { question: "When?", context: "By Soseki.", answer: "", score: 0.6 },
    ]).rows,
    [
      ["Who?", "Soseki", "0.800"],
      ["When?", "no answer", "0.600"],
    ],
  );
  assert.deepEqual(
    predictionTable([
      { context: "It rains.", prompt: "So", choices: ["a", "b"], choice: 1, text: "b", score: 0.7 },
    ]).rows,
    [["It rains. So", "2: b", "0.700"]],
  );
});

test("what a row holds cannot steer the terminal", () => {
  assert.deepEqual(predictionTable([{ text: "a\u001b[2J", label: "\u001b]0;x\u0007" }]).rows, [
    ["a␛[2J", "␛]0;x␇"],
  ]);
});
