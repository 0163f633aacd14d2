import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Random } from "../../base/index.js";
import { type BpeOptions, bpe } from "./bpe.js";
import { type Merge, readMergeLines } from "./bpe-merges.js";
import { readModel } from "./index.js";
import type { Model } from "./model.js";

const vocabulary = ["[UNK]", "a", "b", "c", "ab", "abc", "bc", "aa", "😀", "a😀"];
const merges: Merge[] = [
  ["a", "b"],
  ["ab", "c"],
  ["b", "c"],
  ["a", "a"],
  ["a", "😀"],
];

function run(model: Model, text: string): [string, number, number][] {
  const found: [string, number, number][] = [];
  model.tokenize(text, 0, text.length, {
    push: (id, start, end) => {
      found.push([model.vocabulary[id]!, start, end]);
    },
  });
  return found;
}

function tokens(text: string, options: BpeOptions = {}): string[] {
  return run(bpe(vocabulary, merges, options, "file"), text).map(([token]) => token);
}

describe("BPE", () => {
  test("merges the pair of lowest rank first, the leftmost of several", () => {
    assert.deepEqual(tokens("abc"), ["abc"]);
    assert.deepEqual(tokens("bcab"), ["bc", "ab"]);
    assert.deepEqual(tokens("aaab"), ["aa", "ab"]);
    assert.deepEqual(run(bpe(vocabulary, merges, {}, "file"), "ca😀b"), [
      ["c", 0, 1],
      ["a😀", 1, 4],
      ["b", 4, 5],
    ]);
  });

  test("unknown characters: left out, marked, fused, or as bytes", () => {
    assert.deepEqual(tokens("axyb"), ["ab"]);
    const unknownToken = "[UNK]";
    assert.deepEqual(tokens("axyb", { unknownToken }), ["a", "[UNK]", "[UNK]", "b"]);
    const fused = bpe(vocabulary, merges, { unknownToken, fuseUnknown: true }, "file");
    assert.deepEqual(run(fused, "axyb"), [
      ["a", 0, 1],
      ["[UNK]", 1, 3],
      ["b", 3, 4],
    ]);
    const bytes = ["a", "<0xC3>", "<0xA9>"];
    const fallback = bpe(bytes, [], { byteFallback: true }, "file");
    assert.deepEqual(run(fallback, "aé"), [
      ["a", 0, 1],
      ["<0xC3>", 1, 2],
      ["<0xA9>", 1, 2],
    ]);
  });

  test("prefix, suffix, and words that are tokens already", () => {
    const marked = ["a", "##b", "##c</w>", "a</w>", "ab", "abc</w>"];
    const model = bpe(
      marked,
      [
        ["a", "##b"],
        ["ab", "##c</w>"],
      ],
      { continuingPrefix: "##", endOfWordSuffix: "</w>" },
      "file",
    );
    assert.deepEqual(run(model, "abc"), [["abc</w>", 0, 3]]);
    assert.deepEqual(run(model, "a"), [["a</w>", 0, 1]]);
    const whole = ["a", "b", "ab"];
    assert.deepEqual(
      [false, true].map((ignoreMerges) => run(bpe(whole, [], { ignoreMerges }, "file"), "ab").length),
      [2, 1],
    );
  });

  test("a word seen before gives the same, wherever it stands", () => {
    const model = bpe(vocabulary, merges, { unknownToken: "[UNK]" }, "file");
    const words = ["abc", "xa", "aab", "😀", "abc"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }), (parts) => {
        const text = parts.join("|");
        let at = 0;
        for (const part of parts) {
          const found: number[] = [];
          model.tokenize(text, at, at + part.length, {
            push: (_, start, end) => found.push(start - at, end - at),
          });
          const fresh = bpe(vocabulary, merges, { unknownToken: "[UNK]" }, "file");
          assert.deepEqual(
            found,
            run(fresh, part).flatMap(([, start, end]) => [start, end]),
          );
          at += part.length + 1;
        }
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test("the cache forgets when it is full, and nothing goes wrong", () => {
    const letters = [..."0123456789"];
    const pairs = letters.flatMap((a) => letters.map((b): Merge => [a, b]));
    const table = [...letters, ...pairs.map((pair) => pair.join(""))];
    const model = bpe(table, pairs, {}, "file");
    for (let i = 0; i < 150_000; i++) {
      const word = String(i);
      const found = run(model, word);
      if (found.map(([token]) => token).join("") !== word) assert.fail(word);
      if (i % 5000 === 0) assert.deepEqual(found, run(bpe(table, pairs, {}, "file"), word));
    }
  });

  test("short and long words are merged alike", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 97, maxLength: 300 });
    fc.assert(
      fc.property(text, (letters) => {
        const word = letters.join("");
        const model = bpe(vocabulary, merges, {}, "file");
        assert.deepEqual(run(model, word), mergedByHand(word));
        assert.deepEqual(run(model, word.slice(0, 60)), mergedByHand(word.slice(0, 60)));
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  test("50,000 characters without a space take no time to speak of", () => {
    const model = bpe(vocabulary, merges, {}, "file");
    const start = performance.now();
    assert.equal(run(model, "abcaab".repeat(8334)).length, 3 * 8334);
    assert.ok(performance.now() - start < 2000);
  });

  test("dropout: none, some by seed, all", () => {
    const word = "abcabc";
    const by = (dropout: number, seed: number) =>
      tokens(word, { dropout, random: new Random(seed) }).join(" ");
    assert.equal(by(0, 1), "abc abc");
    assert.equal(by(1, 1), "a b c a b c");
    assert.equal(by(0.5, 1), by(0.5, 1));
    const seen = new Set(Array.from({ length: 50 }, (_, seed) => by(0.5, seed)));
    assert.ok(seen.size > 3);
    for (const each of seen) assert.equal(each.replaceAll(" ", ""), word);
    assert.throws(() => tokens(word, { dropout: 1.5 }), { name: "OptionError" });
  });

  test("a dropped merge of a pair is dropped as often as it should be", () => {
    const model = bpe(["a", "b", "ab"], [["a", "b"]], { dropout: 0.3, random: new Random(5) }, "file");
    let dropped = 0;
    for (let i = 0; i < 4000; i++) if (run(model, "ab").length === 2) dropped++;
    assert.ok(Math.abs(dropped / 4000 - 0.3) < 0.03);
  });

  test("writes what it reads, and its own files where they can hold it", () => {
    const json = bpe(vocabulary, merges, { unknownToken: "[UNK]", dropout: 0 }, "file").toJson();
    assert.deepEqual(readModel(json, "file", new Map()).toJson(), json);
    const strings = { ...json, merges: merges.map((merge) => merge.join(" ")) };
    assert.deepEqual(readModel(strings, "file", new Map()).toJson(), json);
    const files = bpe(vocabulary, merges, {}, "file").files();
    assert.deepEqual(readMergeLines(files.get("merges.txt")!, "file"), merges);
    assert.equal(bpe(["a", " ", "a "], [["a", " "]], {}, "file").files().size, 0);
  });

  const wrong: [string, object, RegExp][] = [
    ["a dangling merge", { merges: [["a", "z"]] }, /merges\[0\]: expected "z" in the vocabulary, got none/],
    ["a merge without its result", { merges: [["b", "a"]] }, /merges\[0\]: expected "ba" in the vocabulary/],
    [
      "a merge twice",
      { merges: [["a", "b"], "a b"] },
      /merges\[1\]: expected every merge once, got \["a","b"\] as in merges\[0\]/,
    ],
    ["a merge of three", { merges: ["a b c"] }, /merges\[0\]: expected two tokens with one space/],
    ["no merges", { merges: null }, /"merges" to be a list of pairs/],
    ["a number for a merge", { merges: [1] }, /"merges\[0\]"/],
    ["an id twice", { vocab: { a: 0, b: 0 } }, /every id once/],
    ["a gap", { vocab: { a: 0, b: 2, c: 3 }, merges: [] }, /below 3|got none for 1/],
    ["an unknown token that is none", { unk_token: "[NONE]" }, /the unknown token "\[NONE\]"/],
    ["dropout beyond one", { dropout: 2 }, /"dropout" to be a number from 0 to 1/],
  ];
  for (const [name, change, message] of wrong) {
    test(`${name} is refused with its place`, () => {
      const json = { ...bpe(vocabulary, merges, {}, "file").toJson(), ...change };
      assert.throws(
        () => readModel(json as never, "dir/tokenizer.json, model", new Map()),
        (error: Error) => {
          assert.equal(error.name, "FileError");
          assert.match(error.message, /^dir\/tokenizer\.json, model/);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});

/** What the definition gives: look for the best pair, merge it, look again. */
function mergedByHand(word: string): [string, number, number][] {
  const parts = [...word].map((letter, i): [string, number, number] => [letter, i, i + 1]);
  for (;;) {
    let best = merges.length;
    let at = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const rank = merges.findIndex(([left, right]) => left === parts[i]![0] && right === parts[i + 1]![0]);
      if (rank >= 0 && rank < best) [best, at] = [rank, i];
    }
    if (at < 0) return parts;
    const [left, right] = [parts[at]!, parts[at + 1]!];
    parts.splice(at, 2, [left[0] + right[0], left[1], right[2]]);
  }
}
