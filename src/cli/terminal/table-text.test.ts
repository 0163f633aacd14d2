import assert from "node:assert/strict";
import { test } from "node:test";
import { tableText } from "./table-text.js";

test("columns of numbers are right-aligned with their headings, others left", () => {
  const lines = tableText({
    head: ["epoch", "train loss", "eval loss", "accuracy", "macro F1", ""],
    rows: [
      ["1", "0.512", "0.361", "0.871", "0.792", ""],
      ["2", "0.248", "0.334", "0.889", "0.823"],
      ["3", "0.170", "0.341", "0.893", "0.826", "best"],
    ],
  });
  assert.deepEqual(lines, [
    "epoch   train loss   eval loss   accuracy   macro F1",
    "    1        0.512       0.361      0.871      0.792",
    "    2        0.248       0.334      0.889      0.823",
    "    3        0.170       0.341      0.893      0.826   best",
  ]);
});

test("Japanese cells take two columns a character", () => {
  const lines = tableText({
    head: ["label", "rows", "F1"],
    rows: [
      ["人名", "1,204", "0.9"],
      ["O", "34 %", "–"],
      ["施設名", "7", "0.812 ± 0.010"],
    ],
  });
  assert.deepEqual(lines, [
    "label     rows              F1",
    "人名     1,204             0.9",
    "O         34 %               –",
    "施設名       7   0.812 ± 0.010",
  ]);
});

test("a column with a word among numbers is left-aligned; an empty table is its headings", () => {
  assert.deepEqual(
    tableText({
      head: ["x", "value"],
      rows: [
        ["a", "1"],
        ["b", "none"],
      ],
    }),
    ["x   value", "a   1", "b   none"],
  );
  assert.deepEqual(tableText({ head: ["a", "b"], rows: [] }), ["a   b"]);
});
