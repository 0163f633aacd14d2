import assert from "node:assert/strict";
import { test } from "node:test";
import { colors, wantsColor } from "./colors.js";

test("colours go to terminals that want them", () => {
  assert.equal(wantsColor({ isTTY: true }, {}), true);
  assert.equal(wantsColor({}, {}), false);
  assert.equal(wantsColor({ isTTY: true }, { NO_COLOR: "1" }), false);
  assert.equal(wantsColor({ isTTY: true }, { NO_COLOR: "1", FORCE_COLOR: "1" }), false);
  assert.equal(wantsColor({ isTTY: true }, { NO_COLOR: "" }), true, "an empty NO_COLOR asks for nothing");
  assert.equal(wantsColor({ isTTY: true }, { TERM: "dumb" }), false);
  assert.equal(wantsColor({}, { FORCE_COLOR: "1" }), true);
  assert.equal(colors(false).red("x"), "x");
  assert.equal(colors(true).red("x"), "\u001b[31mx\u001b[39m");
});
