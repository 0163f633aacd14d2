import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BoundedHashSet } from "./hash-set.js";
import { hashText } from "./text-hash.js";

const key = (text: string): string => {
  const { high, low } = hashText(text);
  return `${high} ${low}`;
};

describe("hashText", () => {
  test("short texts that are alike have different hashes", () => {
    const texts = ["", "a", "aa", "ab", "ba", "\0", "\0\0", "接", "接ぎ", "ぎ接"];
    for (let i = 0; i < 20_000; i++) texts.push(`number ${i}`, `${i}`.padStart(12, "0"));
    assert.equal(new Set(texts.map(key)).size, texts.length);
  });

  test("each of the 64 bits changes with every other change of a text", () => {
    const changed = new Array<number>(64).fill(0);
    const count = 2000;
    for (let i = 0; i < count; i++) {
      const [a, b] = [hashText(`text ${i}`), hashText(`text ${i}!`)];
      for (let bit = 0; bit < 32; bit++) {
        changed[bit]! += ((a.low ^ b.low) >>> bit) & 1;
        changed[bit + 32]! += ((a.high ^ b.high) >>> bit) & 1;
      }
    }
    for (const share of changed) assert.ok(Math.abs(share / count - 0.5) < 0.06, `${share / count}`);
  });
});

describe("BoundedHashSet", () => {
  test("knows what was entered, through all its growth", () => {
    const set = new BoundedHashSet(2 ** 24);
    const texts = Array.from({ length: 50_000 }, (_, i) => `text ${i}`);
    assert.ok(texts.every((text) => !set.add(hashText(text))));
    assert.ok(texts.every((text) => set.add(hashText(text))));
    assert.equal(set.missedCount, 0);
  });

  test("takes the hash that is zero like any other", () => {
    const set = new BoundedHashSet(2 ** 12);
    assert.equal(set.add({ high: 0, low: 0 }), false);
    assert.equal(set.add({ high: 0, low: 0 }), true);
  });

  test("when it is full it enters no more, says so, and still knows the first", () => {
    const set = new BoundedHashSet(12 * 1024);
    const texts = Array.from({ length: 1000 }, (_, i) => hashText(`${i}`));
    assert.equal(texts.filter((hash) => set.add(hash)).length, 0);
    assert.equal(set.missedCount, 1000 - 768);
    assert.equal(texts.filter((hash) => set.add(hash)).length, 768);
  });
});
