import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../../base/index.js";
import { bandingFor, NearDuplicates } from "./near-duplicates.js";
import { likeness, sketchOf, sketchSize } from "./text-sketch.js";

const random = new Random(7);

function englishText(wordCount: number): string[] {
  return Array.from({ length: wordCount }, () => `word${random.integer(5000)}`);
}

function japaneseText(length: number): string[] {
  return Array.from({ length }, () => String.fromCodePoint(0x4e00 + random.integer(2000)));
}

/** The share of runs of five that two lists have in common. */
function jaccard(a: readonly string[], b: readonly string[]): number {
  const runs = (units: readonly string[]): Set<string> =>
    new Set(units.slice(4).map((_, i) => units.slice(i, i + 5).join(" ")));
  const [first, second] = [runs(a), runs(b)];
  const both = [...first].filter((run) => second.has(run)).length;
  return both / (first.size + second.size - both);
}

function changed(units: readonly string[], count: number, by: () => string): string[] {
  const other = [...units];
  for (let i = 0; i < count; i++) other[random.integer(other.length)] = by();
  return other;
}

describe("sketchOf", () => {
  test("estimates the share of common runs, in English and in Japanese", () => {
    for (const isJapanese of [false, true]) {
      let error = 0;
      for (let i = 0; i < 40; i++) {
        const units = isJapanese ? japaneseText(400) : englishText(400);
        const other = changed(units, i, () => (isJapanese ? "新" : "new"));
        const between = isJapanese ? "" : " ";
        const estimate = likeness(sketchOf(units.join(between))!, sketchOf(other.join(between))!);
        const difference = estimate - jaccard(units, other);
        assert.ok(Math.abs(difference) < 0.25, `${estimate} for ${jaccard(units, other)}`);
        error += difference / 40;
      }
      assert.ok(Math.abs(error) < 0.03, `bias ${error}`);
    }
  });

  test("takes no notice of case, width and signs", () => {
    assert.deepEqual(sketchOf("The ABC of grafting!"), sketchOf("the ＡＢＣ, of “grafting”"));
    assert.deepEqual(sketchOf("接ぎ木は、よい。"), sketchOf("接ぎ木はよい"));
  });

  test("different texts are not alike, and a text without words has none", () => {
    assert.ok(likeness(sketchOf(englishText(50).join(" "))!, sketchOf(englishText(50).join(" "))!) < 0.1);
    assert.ok(likeness(sketchOf("one two three")!, sketchOf("one two four")!) < 0.1);
    assert.equal(sketchOf("...!? 「」"), undefined);
  });
});

describe("bandingFor", () => {
  test("finds what is just alike enough with a probability of 95 %", () => {
    for (const threshold of [0.1, 0.5, 0.7, 0.8, 0.9, 0.99, 1]) {
      const { rowCount, bandCount } = bandingFor(threshold);
      assert.ok(rowCount * bandCount <= sketchSize);
      if (rowCount > 1) assert.ok(1 - (1 - threshold ** rowCount) ** bandCount >= 0.95);
    }
    assert.deepEqual(bandingFor(0.8), { rowCount: 6, bandCount: 10 });
  });
});

describe("NearDuplicates", () => {
  test("finds planted near duplicates and keeps different texts", () => {
    const near = new NearDuplicates(0.8, 2 ** 24);
    const texts = Array.from({ length: 2000 }, () => englishText(100));
    for (const text of texts) assert.equal(near.add(sketchOf(text.join(" "))!), false);
    const planted = texts.map((text) => changed(text, 1, () => "new").join(" ")); // about 0.9 alike
    const found = planted.filter((text) => near.add(sketchOf(text)!)).length;
    assert.ok(found > 1880, `${found} of 2000`);
    const half = texts.slice(0, 500).map((text) => changed(text, 12, () => "new").join(" ")); // below 0.45
    assert.ok(half.filter((text) => near.add(sketchOf(text)!)).length < 5);
  });

  test("takes no more texts than there is memory for, and still finds the first", () => {
    const near = new NearDuplicates(0.8, 2 ** 16);
    const sketches = Array.from({ length: 2000 }, () => sketchOf(englishText(30).join(" "))!);
    for (const sketch of sketches) near.add(sketch);
    assert.ok(near.missedCount > 0 && near.missedCount < 2000);
    assert.equal(near.add(sketches[0]!), true);
    assert.equal(near.add(sketches[1999]!), false);
  });

  test("a band that many texts share is searched to a bound", () => {
    const near = new NearDuplicates(0.99, 2 ** 24);
    const same = new Uint8Array(sketchSize).fill(1);
    let different = 0;
    for (let i = 0; i < 500; i++) {
      // the first half, and with it the first bands, is the same in all
      const sketch = same.map((byte, k) => (k < sketchSize / 2 ? byte : random.integer(256)));
      if (!near.add(sketch)) different++;
    }
    assert.equal(different, 500);
  });
});
