import assert from "node:assert/strict";
import { test } from "node:test";
import { sectionText } from "./section-text.js";

test("cells line up, counts to the right, the last cell runs free", () => {
  assert.deepEqual(
    sectionText("data", [
      ["areas.jsonl", "3,000 rows", "text=「text」 label=「label」 (9 labels: API 34 %, CSS 17 %, ...)"],
      ["areas-dev.jsonl", "800 rows", "4 rows also occur in training"],
      ["length (tokens)", "median 58 · 95 % 141 · longest 533 · 2 truncated at 512 · unknown 0.2 %"],
    ]),
    [
      "data      areas.jsonl            3,000 rows   text=「text」 label=「label」 (9 labels: API 34 %, CSS 17 %, ...)",
      "          areas-dev.jsonl          800 rows   4 rows also occur in training",
      "          length (tokens)        median 58 · 95 % 141 · longest 533 · 2 truncated at 512 · unknown 0.2 %",
    ],
  );
});

test("free text stands in the same column; wide names push the cells of their own section only", () => {
  assert.deepEqual(sectionText("next", ["npx tsugiki predict", "npx tsugiki serve"]), [
    "next      npx tsugiki predict",
    "          npx tsugiki serve",
  ]);
  assert.deepEqual(
    sectionText("data", [
      ["日本語の長い長いファイル名.jsonl", "3 rows", "x"],
      ["b", "10 rows", "y"],
    ]),
    [
      "data      日本語の長い長いファイル名.jsonl   3 rows   x",
      "          b                                 10 rows   y",
    ],
  );
});
