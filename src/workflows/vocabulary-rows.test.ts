import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, type Tensor } from "../base/index.js";
import { bert } from "../models/bert.js";
import { changeRows, grownRows } from "./vocabulary-rows.js";

const rows = (data: readonly number[], width = 2): Tensor => float32([data.length / width, width], data);

function checkpoint(): Map<string, Tensor> {
  return new Map<string, Tensor>([
    ["bert.embeddings.word_embeddings.weight", rows([1, 2, 3, 4, 8, 0])],
    ["bert.embeddings.position_embeddings.weight", rows([7, 7, 7, 7, 7, 7])],
    ["cls.predictions.bias", float32([3], [1, 2, 6])],
  ]);
}

describe("changeRows", () => {
  test("each row is the mean of those it is made of, in the table and in the bias of scores", () => {
    const weights = checkpoint();
    changeRows(weights, bert, [[2], [0, 1], [0, 1, 2, 2], []]);
    assert.deepEqual(weights.get("bert.embeddings.word_embeddings.weight"), rows([8, 0, 2, 3, 5, 1.5, 4, 2]));
    assert.deepEqual(weights.get("cls.predictions.bias"), float32([4], [6, 1.5, 3.75, 3]));
  });

  test("tables of other things stay, though they have as many rows", () => {
    const weights = checkpoint();
    changeRows(weights, bert, grownRows(3, 5));
    assert.deepEqual(
      weights.get("bert.embeddings.position_embeddings.weight"),
      checkpoint().get("bert.embeddings.position_embeddings.weight"),
    );
    assert.deepEqual(weights.get("cls.predictions.bias"), float32([5], [1, 2, 6, 3, 3]));
  });
});
