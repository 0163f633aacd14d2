import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson, sharedPath } from "../../test/shared.js";
import { wordPieceTokenizer } from "../tokenizers/index.js";
import { encodeText, readIds } from "./encode-texts.js";
import { openTokenizer } from "./open-tokenizer.js";

const tokenizer = wordPieceTokenizer(
  ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "é", "a", "😀", "日", "##b"],
  {
    stripAccents: false,
  },
);

describe("encoded texts", () => {
  test("have spans in the unit that is asked for", () => {
    const text = "é😀 日 ab";
    const spans = (offsets: "utf16" | "codepoints" | "bytes"): unknown =>
      encodeText(tokenizer, { text }, { offsets, specialTokens: false }).offsets;
    // é and 😀 are one word, which the vocabulary cannot spell
    assert.deepEqual(spans("utf16"), [
      [0, 3],
      [4, 5],
      [6, 7],
      [7, 8],
    ]);
    assert.deepEqual(spans("codepoints"), [
      [0, 2],
      [3, 4],
      [5, 6],
      [6, 7],
    ]);
    assert.deepEqual(spans("bytes"), [
      [0, 6],
      [7, 10],
      [11, 12],
      [12, 13],
    ]);
  });

  test("of a pair say which text a token belongs to", () => {
    assert.deepEqual(encodeText(tokenizer, { text: "a 日", pair: "日ab" }, { offsets: "bytes" }), {
      tokens: ["[CLS]", "a", "日", "[SEP]", "日", "a", "##b", "[SEP]"],
      ids: [2, 6, 8, 3, 8, 6, 9, 3],
      offsets: [
        [0, 0],
        [0, 1],
        [2, 5],
        [0, 0],
        [0, 3],
        [3, 4],
        [4, 5],
        [0, 0],
      ],
      wordIds: [null, 0, 1, null, 0, 1, 1, null],
      sequenceIds: [null, 0, 0, null, 1, 1, 1, null],
    });
    assert.deepEqual(encodeText(tokenizer, { text: "a a a a" }, { maxLength: 4 }).ids, [2, 6, 6, 3]);
  });

  test(
    "are those of the tokenizers library, in code points",
    needs("models/all-MiniLM-L6-v2", "golden/tokenizers/minilm-wordpiece.json"),
    async () => {
      const minilm = sharedPath("models/all-MiniLM-L6-v2");
      for (const path of [minilm, `${minilm}/tokenizer.json`]) {
        const opened = await openTokenizer({ tokenizer: path });
        for (const row of sharedJson("golden/tokenizers/minilm-wordpiece.json").cases) {
          const { text, tokens, ids, offsets, word_ids: wordIds } = row;
          const encoded = encodeText(opened, { text }, { offsets: "codepoints" });
          assert.deepEqual(encoded, { tokens, ids, offsets, wordIds }, JSON.stringify(text));
        }
      }
    },
  );

  test("single halves of a surrogate pair count as one character of three bytes", () => {
    const text = "\ud83da";
    assert.deepEqual(encodeText(tokenizer, { text }, { offsets: "bytes", specialTokens: false }).offsets, [
      [3, 4],
    ]);
  });
});

describe("lines of ids", () => {
  test("are numbers, JSON, or what encoding prints", () => {
    for (const line of ["1 2 30", " 1, 2,30 ", "[1,2,30]", '{"ids":[1,2,30],"tokens":[]}'])
      assert.deepEqual(readIds(line, "here"), [1, 2, 30], line);
    assert.deepEqual(readIds("", "here"), []);
    assert.deepEqual(readIds("[]", "here"), []);
  });

  test("anything else is refused", () => {
    for (const line of ["1 x", "-1", "1.5", "[1,null]", '["1"]', "{}", '{"ids":3}'])
      assert.throws(() => readIds(line, "here"), { name: "FileError", message: /^here: expected ids/ }, line);
    assert.throws(() => readIds("[1", "here"), /here: expected JSON/);
  });
});
