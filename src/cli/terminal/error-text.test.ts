import assert from "node:assert/strict";
import { test } from "node:test";
import { FileError, internal, TsugikiError } from "../../base/index.js";
import { colors } from "./colors.js";
import { errorText, isSystemError } from "./error-text.js";

test("an error of the user shows message and hint, no stack", () => {
  const error = new FileError("areas.tsv, line 1,204", "expected 2 columns (text, label), got 3", {
    hint: "the text holds a tab; quote it,\nor name the columns",
  });
  assert.deepEqual(errorText(error, colors(false)), [
    "error  areas.tsv, line 1,204: expected 2 columns (text, label), got 3",
    "       the text holds a tab; quote it,",
    "       or name the columns",
  ]);
  assert.deepEqual(errorText(new TsugikiError("no hint"), colors(false)), ["error  no hint"]);
  assert.deepEqual(errorText(new TsugikiError("got \u001b[2J"), colors(false)), ["error  got ␛[2J"]);
});

test("a defect asks for a report; its stack is shown where it is looked for", () => {
  const lines = errorText(internal("a broken promise"), colors(false));
  assert.equal(lines[0], "error  internal: a broken promise");
  assert.match(lines[1]!, /^ {7}This is a defect of Tsugiki/);
  assert.equal(lines.length, 3);
  const cause = new RangeError("deep");
  const debugged = errorText(new TypeError("x", { cause }), colors(false), { debug: true });
  assert.equal(debugged[0], "error  internal: x");
  assert.ok(debugged.some((line) => /^ {7} +at .*error-text/.test(line)));
  assert.ok(debugged.some((line) => line.includes("caused by RangeError: deep")));
  assert.equal(errorText("thrown text", colors(false))[0], "error  internal: thrown text");
});

test("what the operating system refuses is the user's to cure", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  assert.ok(isSystemError(full));
  assert.ok(!isSystemError(new Error("plain")));
  assert.deepEqual(errorText(full, colors(false)), [
    "error  ENOSPC: no space left on device, write",
    "       the disk is full; make room, then go on",
  ]);
});
