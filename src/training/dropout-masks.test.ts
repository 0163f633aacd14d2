import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DropoutMasks, drawDropoutMask } from "./dropout-masks.js";

function draw(size: number, rate: number, seed = 42, step = 1, site = 0): Uint8Array {
  const mask = new Uint8Array(size).fill(7); // what was there before must not matter
  drawDropoutMask(mask, rate, seed, step, site);
  return mask;
}

const ones = (mask: Uint8Array): number => mask.reduce((sum, bit) => sum + bit, 0);

describe("dropout masks", () => {
  test("keep what they should, to within chance", () => {
    const size = 200_000;
    for (const rate of [0.05, 0.1, 0.5, 0.9]) {
      const deviation = Math.sqrt(size * rate * (1 - rate));
      const kept = ones(draw(size, rate));
      assert.ok(Math.abs(kept - size * (1 - rate)) < 4 * deviation, `rate ${rate}: ${kept} of ${size}`);
    }
    assert.equal(ones(draw(1000, 0)), 1000);
    assert.ok(draw(1000, 0.5).every((bit) => bit === 0 || bit === 1));
  });

  test("the same seed, step and site give the same bits, at any size", () => {
    assert.deepEqual(draw(1001, 0.1), draw(1001, 0.1));
    assert.deepEqual(draw(1001, 0.1).subarray(0, 77), draw(77, 0.1));
  });

  test("another seed, step or site gives bits that have nothing to do with them", () => {
    const size = 100_000;
    const first = draw(size, 0.5);
    // two steps of one site, two sites of one step, and neighbours of both
    for (const [seed, step, site] of [
      [43, 1, 0],
      [42, 2, 0],
      [42, 1, 1],
      [42, 0, 1],
      [42, 4097, 0],
      [0, 1, 42],
    ] as const) {
      const equal = draw(size, 0.5, seed, step, site).reduce(
        (sum, bit, i) => sum + Number(bit === first[i]),
        0,
      );
      const deviation = Math.sqrt(size / 4);
      assert.ok(
        Math.abs(equal - size / 2) < 4 * deviation,
        `${[seed, step, site]}: ${equal} of ${size} agree`,
      );
    }
  });

  test("neighbouring places are independent", () => {
    const mask = draw(100_000, 0.5);
    for (const distance of [1, 2, 3, 384, 512]) {
      let equal = 0;
      for (let i = distance; i < mask.length; i++) equal += Number(mask[i] === mask[i - distance]);
      assert.ok(Math.abs(equal - mask.length / 2) < 4 * Math.sqrt(mask.length / 4), `distance ${distance}`);
    }
  });

  test("the bits of a seed never change: checkpoints of other machines and versions rest on them", () => {
    assert.equal(draw(32, 0.5).join(""), "00010110100010010111001111111010");
    assert.equal(draw(33, 0.1, 7, 3, 2).join(""), "111101110111101011011110110111111");
  });
});

test("masks drawn sixteen elements at a time are those drawn one by one, at any length", () => {
  const masks = new DropoutMasks();
  const requests = [1, 15, 16, 17, 4099].map((size, site) => ({ size, site, rate: 0.1 + site / 10 }));
  for (const step of [0, 1, 70_000]) {
    const drawn = masks.draw(requests, 42, step);
    requests.forEach(({ size, rate, site }, i) => {
      const expected = new Uint8Array(size);
      drawDropoutMask(expected, rate, 42, step, site);
      assert.deepEqual(drawn[i], expected);
    });
  }
});
