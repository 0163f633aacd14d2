import assert from "node:assert/strict";
import { test } from "node:test";
import { wordPieceTokenizer } from "../src/tokenizers/index.js";
import { packBlocks } from "./packing.js";

const tokenizer = wordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "一", "二", "三", "四"]);
const blocksOf = (lines: string[], size: number): number[][] =>
  Array.from(packBlocks(lines, tokenizer, size), (block) => [...block]);

test("lines follow one another; a line can fill several blocks", () => {
  assert.deepEqual(blocksOf(["一二三", "四一", "二三四一二三"], 3), [
    [5, 6, 7],
    [8, 5, 6],
    [7, 8, 5],
  ]);
});

test("an empty line ends a work: no block holds two works", () => {
  assert.deepEqual(blocksOf(["一二三四", "", "四三二"], 3), [
    [5, 6, 7],
    [8, 7, 6],
  ]);
});
