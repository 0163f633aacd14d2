import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { trainers, trainTokenizer, wordPieceTokenizer } from "../tokenizers/index.js";
import { compareTokenizers } from "./compare-tokenizers.js";
import { inspectTokenizer } from "./inspect-tokenizer.js";

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const small = wordPieceTokenizer([...special, "graft", "##ing", "a", "unused"]);
const letters = wordPieceTokenizer([
  ...special,
  ..."graftin",
  ...[..."graftin"].map((letter) => `##${letter}`),
]);

/** A tokenizer of single bytes. */
const bytes = await trainTokenizer(trainers["byte-level-bpe"]!, ["a"], { vocabularySize: 257 });

describe("inspecting a tokenizer", () => {
  test("counts tokens, words, characters and what is unknown", async () => {
    const report = await inspectTokenizer(small, [
      { text: "Grafting a tree" },
      { text: "graft 😀", pair: "tree" },
      { text: "" },
    ]);
    assert.deepEqual(report, {
      vocabularySize: 9,
      textCount: 4,
      characterCount: 15 + 7 + 4,
      wordCount: 5,
      tokenCount: 7,
      usedCount: 4,
      vocabularyCoverage: 4 / 9,
      unknownCount: 3,
      unknownRate: 3 / 7,
      tokensPerCharacter: 7 / 26,
      tokensPerWord: 6 / 5,
      wholeWordRate: 2 / 5,
      longest: [
        { token: "graft", text: "graft", id: 5, count: 2 },
        { token: "##ing", text: "##ing", id: 6, count: 1 },
        { token: "a", text: "a", id: 7, count: 1 },
      ],
      rarest: [
        { token: "a", text: "a", id: 7, count: 1 },
        { token: "##ing", text: "##ing", id: 6, count: 1 },
        { token: "graft", text: "graft", id: 5, count: 2 },
      ],
      unknownWords: [
        { word: "tree", count: 2 },
        { word: "😀", count: 1 },
      ],
    });
  });

  test("of no text has no rates", async () => {
    const report = await inspectTokenizer(small, []);
    assert.deepEqual([report.unknownRate, report.tokensPerWord, report.longest], [0, 0, []]);
  });

  test("words are those of the text, with whatever tokenizer; signs are none", async () => {
    const texts = [{ text: "I can't go, 吾輩は猫である。" }];
    const [one, other] = [await inspectTokenizer(small, texts), await inspectTokenizer(letters, texts)];
    assert.equal(one.wordCount, other.wordCount);
    assert.ok(one.wordCount >= 6, "Japanese is cut into words too");
    const spaced = await inspectTokenizer(bytes, [{ text: "go go, go" }]);
    assert.deepEqual([spaced.wordCount, spaced.tokensPerWord, spaced.wholeWordRate], [3, 8 / 3, 0]);
  });

  test("tokens of bytes are shown as what they stand for", async () => {
    const { rarest } = await inspectTokenizer(bytes, [{ text: "é é\n" }]);
    assert.deepEqual(
      rarest.map(({ token, text }) => [token, text]),
      [
        ["Ġ", "Ġ"],
        ["Ċ", "Ċ"],
        ["Ã", "<C3>"],
        ["©", "<A9>"],
      ],
    );
    const { shown } = await compareTokenizers(
      [{ name: "bytes", tokenizer: bytes }],
      [{ text: "é" }, { text: " " }],
    );
    assert.deepEqual([shown.texts.length, shown.textCount], [1, 1]);
    assert.deepEqual(
      shown.texts[0]!.rows[0]!.map(({ token }) => token),
      ["<C3>", "<A9>"],
    );
  });

  test("lists as many as are asked for", async () => {
    const { longest, rarest } = await inspectTokenizer(small, [{ text: "grafting a" }], { listLength: 1 });
    assert.deepEqual([longest.length, rarest.length], [1, 1]);
  });
});

test("tokenizers are compared on the same texts", async () => {
  const tokenizers = [
    { name: "small", tokenizer: small },
    { name: "letters", tokenizer: letters },
  ];
  const inputs = [{ text: "grafting" }, { text: "a fig", pair: "graft" }];
  const { reports, shown } = await compareTokenizers(tokenizers, inputs, { shownCount: 2 });
  assert.deepEqual(
    reports.map(({ name, tokenCount, unknownCount }) => [name, tokenCount, unknownCount]),
    [
      ["small", 5, 1],
      ["letters", 17, 0],
    ],
  );
  assert.deepEqual([shown.names, shown.textCount, shown.texts.length], [["small", "letters"], 3, 2]);
  assert.deepEqual(shown.texts[1]!.rows[0], [
    { token: "a", id: 7, start: 0, end: 1, isUnknown: false },
    { token: "[UNK]", id: 1, start: 2, end: 5, isUnknown: true },
  ]);
});
