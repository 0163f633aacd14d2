import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { peakLiveBytes } from "../../src/engine/graph/live-memory.js";
import { input } from "../../src/engine/graph/value.js";
import { add, exp, reshape, tanh } from "../../src/engine/ops/index.js";

const x = input("x", ["batch", 4]);
const bindings = new Map([["batch", 3]]);
const one = 3 * 4 * 4; // bytes of a value of this shape

describe("the most bytes that are alive at once", () => {
  test("a value lives until its last reader is done", () => {
    const chain = tanh(exp(tanh(exp(x))));
    assert.equal(peakLiveBytes([chain], bindings), 2 * one); // what is read and what is written
    const a = exp(x);
    const kept = add(tanh(tanh(tanh(a))), a); // `a` waits for the end
    assert.equal(peakLiveBytes([kept], bindings), 3 * one);
  });

  test("results of the graph live on, and those in arrays of the caller take nothing", () => {
    const [a, b] = [exp(x), tanh(x)];
    const last = tanh(exp(b));
    assert.equal(peakLiveBytes([a, last], bindings), 3 * one);
    assert.equal(peakLiveBytes([a, last], bindings, new Set([a])), 2 * one);
  });

  test("another shape of the same numbers is no copy, and keeps them alive", () => {
    const a = exp(x);
    const flat = reshape(a, ["4*batch"]);
    assert.equal(peakLiveBytes([flat], bindings), one);
    assert.equal(peakLiveBytes([tanh(tanh(flat))], bindings), 2 * one);
  });
});
