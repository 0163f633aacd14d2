import assert from "node:assert/strict";
import { test } from "node:test";
import { markdownCode, markdownTable, markdownText } from "./markdown.js";

test("foreign text cannot become markup", () => {
  assert.equal(markdownText("a|b <b>*c*</b>\n[d]"), "a\\|b \\<b\\>\\*c\\*\\</b\\> \\[d\\]");
  assert.equal(markdownText("B_PER _x_ 要素"), "B_PER \\_x\\_ 要素");
});

test("code holds backticks", () => {
  assert.equal(markdownCode("train.tsv"), "`train.tsv`");
  assert.equal(markdownCode("a`b``"), "``` a`b`` ```");
});

test("tables keep their cells apart", () => {
  const columns = [{ name: "label" }, { name: "F1", align: "right" }] as const;
  assert.equal(
    markdownTable(columns, [
      [markdownText("a|b"), "0.9"],
      ["`c|d`", "1"],
    ]),
    "| label | F1 |\n| --- | ---: |\n| a\\|b | 0.9 |\n| `c\\|d` | 1 |",
  );
});
