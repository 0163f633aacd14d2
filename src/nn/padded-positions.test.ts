import assert from "node:assert/strict";
import { test } from "node:test";
import { int64 } from "../base/index.js";
import { input, referenceRuntime } from "../engine/index.js";
import { paddedPositions } from "./padded-positions.js";

test("positions are counted without padding, on whichever side it is", async () => {
  const ids = input("ids", ["batch", "sequence"], "int64");
  const program = await referenceRuntime().compile(new Map([["positions", paddedPositions(ids, 1)]]));
  const rows = [
    [0, 7, 2, 1],
    [1, 1, 0, 2],
  ];
  const { data } = (await program.run(new Map([["ids", int64([2, 4], rows.flat())]]))).get("positions")!;
  assert.deepEqual([...data].map(Number), [2, 3, 4, 1, 1, 1, 2, 3]);
});
