import assert from "node:assert/strict";
import { test } from "node:test";
import { byteCount } from "./options-kinds.js";

test("an amount of memory is read with its unit", () => {
  const { read } = byteCount();
  assert.equal(read("4GB"), 4e9);
  assert.equal(read("1.5 gb"), 1.5e9);
  assert.equal(read("800M"), 8e8);
  assert.equal(read("4096"), 4096);
  assert.equal(read(4096), 4096);
  for (const wrong of ["", "0GB", "-1GB", "4 apples", "GB", "1e"])
    assert.equal(read(wrong), undefined, wrong);
});
