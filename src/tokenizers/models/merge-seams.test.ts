import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bpe } from "./bpe.js";
import type { Merge } from "./bpe-merges.js";
import { MergeSeams } from "./merge-seams.js";
import type { Model } from "./model.js";

const letters = [..."abcdef"];
const merges: Merge[] = [
  ["a", "b"],
  ["ab", "c"],
  ["d", "d"],
  ["dd", "dd"],
  ["c", "a"],
];
const vocabulary = [...letters, ...merges.map((merge) => merge.join(""))];
const unitIds = new Int32Array(0x10000).fill(-1);
letters.forEach((letter, id) => {
  unitIds[letter.charCodeAt(0)] = id;
});

function partsOf(text: string): string[] {
  const seams = MergeSeams.of(unitIds, merges)!;
  const count = seams.cut(text, 0, text.length);
  return Array.from({ length: count }, (_, i) => text.slice(seams.ends[i - 1] ?? 0, seams.ends[i]!));
}

function run(model: Model, text: string): [number, number, number][] {
  const found: [number, number, number][] = [];
  model.tokenize(text, 0, text.length, { push: (...token) => found.push([token[0], token[1], token[2]]) });
  return found;
}

describe("MergeSeams", () => {
  test("no merge reaches across", () => {
    assert.deepEqual(partsOf("abcabddeef"), ["abcab", "dd", "e", "e", "f"]);
    assert.deepEqual(partsOf("bacd"), ["b", "a", "c", "d"]);
  });

  test("a word with a unit that is no token is not cut", () => {
    assert.deepEqual(partsOf("abxab"), []);
    assert.deepEqual(partsOf("x"), []);
  });

  const word = fc.array(fc.constantFrom(...letters, "x"), { minLength: 17, maxLength: 60 });

  for (const ignoreMerges of [false, true])
    test(`words merge in parts as they do whole${ignoreMerges ? ", tokens without merges too" : ""}`, () => {
      const long = "abcdefabcdefabcdefab"; // no merges make it
      const model = bpe([...vocabulary, long, "ef"], merges, { ignoreMerges }, "file");
      // dropout that never drops takes the other way, which knows no parts
      const whole = bpe([...vocabulary, long, "ef"], merges, { dropout: 1e-300 }, "file");
      fc.assert(
        fc.property(word, (units) => {
          assert.deepEqual(run(model, units.join("")), run(whole, units.join("")));
        }),
        { seed: 1 },
      );
      assert.equal(run(model, long).length, ignoreMerges ? 1 : run(whole, long).length);
      assert.equal(run(model, "ef").length, ignoreMerges ? 1 : 2);
      assert.deepEqual(run(model, `${long}ef`), run(whole, `${long}ef`));
    });
});
