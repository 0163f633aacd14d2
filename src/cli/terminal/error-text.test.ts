import assert from "node:assert/strict";
import { test } from "node:test";
import { FileError, internal, TsugikiError } from "../../base/index.js";
import { colors } from "./colors.js";
import { errorText } from "./error-text.js";

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

test("a defect shows its stack and asks for a report", () => {
  const lines = errorText(internal("a broken promise"), colors(false));
  assert.equal(lines[0], "error  Error: internal: a broken promise");
  assert.match(lines[1]!, /^ {7} +at /);
  assert.match(lines.at(-1)!, /^ {7}This is a defect of Tsugiki/);
  assert.equal(errorText("thrown text", colors(false))[0], "error  thrown text");
});
