import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { positionRow } from "./position-table.js";

describe("rows of DeBERTa's table of positions", () => {
  test("in buckets, those of transformers' make_log_bucket_position for 256 buckets and 512 distances", () => {
    const table = { span: 256, bucketCount: 256, maxDistance: 512 };
    const distances = [0, 1, 127, 128, 129, 130, 131, 150, 200, 300, 400, 510, 511, 512, 1000];
    const behind = [256, 257, 383, 384, 385, 386, 387, 399, 425, 463, 489, 511, 511, 511, 511];
    const before = [256, 255, 129, 128, 127, 126, 125, 113, 87, 49, 23, 1, 1, 0, 0];
    assert.deepEqual(
      distances.map((distance) => positionRow(table, distance)),
      behind,
    );
    assert.deepEqual(
      distances.map((distance) => positionRow(table, -distance)),
      before,
    );
  });

  test("without buckets, one each up to the span", () => {
    const table = { span: 3, bucketCount: undefined, maxDistance: 3 };
    const rows = [-5, -3, -2, 0, 2, 3, 5].map((distance) => positionRow(table, distance));
    assert.deepEqual(rows, [0, 0, 1, 3, 5, 5, 5]);
  });
});
