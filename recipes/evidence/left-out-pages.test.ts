import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withoutPagesOf } from "./left-out-pages.js";

const long = "とても長い段落です。".repeat(40);
const pages = [
  ["要素の余白を設定します。", "二行目です。"],
  ["別のページの最初の段落です。", "別の行です。", "三行目です。"],
  [`${long}終わり。`, "続きです。"],
  ["残るページの段落です。"],
  ["短い行"],
];

describe("pages of validation rows", () => {
  test("are left out by their paragraph, with and without a title before it", () => {
    const { kept, leftOut } = withoutPagesOf(pages, [
      "margin。要素の余白を設定します。",
      "別のページの最初の段落です。",
      `題。${long.slice(0, 300)}`, // rows end after 300 characters
      "どこにもない段落の文章です。",
      "題。短い行", // too short to tell a page
    ]);
    assert.deepEqual(kept, [pages[3], pages[4]]);
    assert.deepEqual(leftOut, {
      ...{ lineCount: 9, leftOutLines: 7, pageCount: 5, leftOutPages: 3, rowCount: 5, foundRows: 3 },
    });
  });
});
