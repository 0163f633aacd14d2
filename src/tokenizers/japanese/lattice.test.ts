import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { needs, sharedJson } from "../../../test/shared.js";
import { type IpadicFile, ipadicFiles, readIpadic } from "./ipadic-data.js";
import { ipadicEditions } from "./ipadic-editions.js";
import { Lattice } from "./lattice.js";
import { buildLexicon } from "./lexicon.js";
import { Segmentation } from "./segmentation.js";

const folder = join(dirname(createRequire(import.meta.url).resolve("@patdx/kuromoji")), "..", "dict");
const files = Object.fromEntries(
  ipadicFiles.map((name) => [name, new Uint8Array(gunzipSync(readFileSync(join(folder, name))))]),
) as Record<IpadicFile, Uint8Array>;
const data = readIpadic(files, folder);

function wordsOf(lattice: Lattice, text: string): number[][] {
  const words = new Segmentation();
  lattice.segment(text, 0, text.length, words);
  const { length, starts, ends, entries } = words;
  return [starts, ends, entries].map((numbers) => [...numbers.subarray(0, length)]);
}

describe("Lattice", () => {
  const lexicon = buildLexicon(data, ipadicEditions.debian, folder);

  const golden = "golden/japanese/mecab-ipadic.json";
  test("long texts are worked on in windows, with the same result", needs(golden), () => {
    const text = sharedJson(golden)
      .cases.slice(0, 200)
      .map((row: { text: string }) => row.text)
      .join("");
    const whole = wordsOf(new Lattice(lexicon, 2 ** 30), text);
    assert.ok(whole[0]!.length > 3000);
    assert.deepEqual(wordsOf(new Lattice(lexicon, 50), text), whole);
  });

  test("ways that never meet make the window larger", () => {
    const text = `${"あ".repeat(5000)} `;
    assert.deepEqual(wordsOf(new Lattice(lexicon, 50), text), wordsOf(new Lattice(lexicon, 2 ** 30), text));
  });
});

describe("readIpadic", () => {
  test("the words are those of IPADIC", () => {
    assert.equal(data.words.costs.length, 392_126);
    assert.equal(data.connectionCount, 1316);
    assert.deepEqual(
      data.categories.rules.map(({ name, invoke, group, length }) => [name, invoke, group, length]),
      [
        ["DEFAULT", false, true, 0],
        ["SPACE", false, true, 0],
        ["KANJI", false, false, 2],
        ["SYMBOL", true, true, 0],
        ["NUMERIC", true, true, 0],
        ["ALPHA", true, true, 0],
        ["HIRAGANA", false, true, 2],
        ["KATAKANA", true, true, 2],
        ["KANJINUMERIC", true, true, 0],
        ["GREEK", true, true, 0],
        ["CYRILLIC", true, true, 0],
      ],
    );
  });

  for (const [file, change, message] of [
    ["base.dat.gz", (bytes: Uint8Array) => bytes.subarray(0, 5), /base.dat.gz: expected numbers of 4 bytes/],
    ["base.dat.gz", () => new Uint8Array(0), /base.dat.gz: expected a double array/],
    ["cc.dat.gz", (bytes: Uint8Array) => bytes.subarray(0, 1000), /cc.dat.gz: expected a square/],
    ["tid.dat.gz", (bytes: Uint8Array) => bytes.subarray(0, 1000), /tid.dat.gz: expected 325871 surfaces/],
    ["tid.dat.gz", (bytes: Uint8Array) => bytes.map(() => 255), /one connection below 1316/],
    ["unk_invoke.dat.gz", () => new Uint8Array(100), /unk_invoke.dat.gz: expected categories/],
  ] as const) {
    test(`refuses a damaged ${file}: ${message.source}`, () => {
      assert.throws(() => readIpadic({ ...files, [file]: change(files[file]) }, folder), {
        name: "FileError",
        message,
      });
    });
  }
});
