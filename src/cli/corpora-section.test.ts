import assert from "node:assert/strict";
import { test } from "node:test";
import { corporaWarnings } from "./corpora-section.js";

test("held-out documents that are learnt from too are a warning", () => {
  const known = (knownCount: number): string[] =>
    corporaWarnings({ known: { documentCount: 1200, knownCount, knownTokenRate: 0.034 } });
  assert.deepEqual(known(12), [
    "12 of 1,200 held-out documents (3.4 % of their tokens) are learnt from too, which flatters the results",
  ]);
  assert.match(known(1)[0]!, /is learnt from too/);
  assert.deepEqual(known(0), []);
  assert.deepEqual(corporaWarnings({ known: undefined }), []);
});
