import assert from "node:assert/strict";
import { test } from "node:test";
import { bitsPer, perplexity } from "./likelihood.js";

test("a model that draws from eight tokens has perplexity 8; at two bytes a token that is 1.5 bits a byte", () => {
  const nats = 5 * Math.log(8);
  assert.ok(Math.abs(perplexity(nats, 5) - 8) < 1e-12);
  assert.ok(Math.abs(bitsPer(nats, 10) - 1.5) < 1e-12);
});
