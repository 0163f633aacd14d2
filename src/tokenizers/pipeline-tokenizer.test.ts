import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readTokenizer, wordPieceTokenizer } from "./index.js";

const special = "[PAD] [UNK] [CLS] [SEP] [MASK]".split(" ");
const vocabulary = [
  ...special,
  ..."a b c x ##x ##y caf ##e do not ' t n . , 東 京 hello wor ##ld ##s".split(" "),
];

describe("a tokenizer", () => {
  const tokenizer = wordPieceTokenizer(vocabulary);

  // Expected values from the `tokenizers` library (is_pretokenized), where [MASK] is a special token here.
  test("given words: ids, spans within each word, word ids", () => {
    const encoding = tokenizer.encodeWords(["Hello", "[MASK]", "don't", "", "東京 a", "zz"]);
    assert.deepEqual([...encoding.ids], [2, 22, 4, 1, 15, 16, 20, 21, 5, 1, 3]);
    assert.deepEqual([...encoding.wordIds], [-1, 0, 1, 2, 2, 2, 4, 4, 4, 5, -1]);
    assert.deepEqual([...encoding.starts], [0, 0, 0, 0, 3, 4, 0, 1, 3, 0, 0]);
    assert.deepEqual([...encoding.ends], [0, 5, 6, 3, 4, 5, 1, 2, 4, 2, 0]);
    assert.equal(encoding.unknownCount, 2);
  });

  test("pairs, types and sequences", () => {
    const encoding = tokenizer.encode("a", { pair: "b c" });
    assert.deepEqual(encoding.tokens, ["[CLS]", "a", "[SEP]", "b", "c", "[SEP]"]);
    assert.deepEqual([...encoding.typeIds], [0, 0, 0, 1, 1, 1]);
    assert.deepEqual([...encoding.sequenceIds], [-1, 0, -1, 1, 1, -1]);
    const bare = tokenizer.encode("a", { pair: "b c", specialTokens: false });
    assert.deepEqual(bare.tokens, ["a", "b", "c"]);
    assert.deepEqual([...bare.typeIds], [0, 1, 1]);
  });

  test("truncation counts what is lost and windows lose nothing", () => {
    const text = "a b c a b c";
    const cut = tokenizer.encode(text, { maxLength: 5 });
    assert.deepEqual([cut.tokens.join(" "), cut.truncatedCount], ["[CLS] a b c [SEP]", 3]);
    assert.equal(tokenizer.encode(text, { maxLength: 5, truncationSide: "left" }).tokens[1], "a");
    assert.equal(tokenizer.encode(text, { maxLength: 5, truncation: "none" }).truncatedCount, 0);
    const windows = tokenizer.encode(text, { maxLength: 5, stride: 1 });
    assert.equal(windows.truncatedCount, 0);
    assert.deepEqual(
      windows.overflow.map(({ tokens }) => tokens.slice(1, -1).join(" ")),
      ["c a b", "b c"],
    );
    const later = windows.overflow[1]!;
    assert.deepEqual([...later.starts], [0, 8, 10, 0], "spans of a window are those of the whole text");
    assert.equal(tokenizer.encode(text, { maxLength: 2 }).truncatedCount, 6);
    assert.throws(() => tokenizer.encode(text, { maxLength: 1 }), /at least 2, the special tokens, got 1/);
  });

  test("decoding", () => {
    const ids = [2, 22, 23, 24, 18, 13, 14, 1, 3, 999, -1];
    assert.equal(tokenizer.decode(ids), "[CLS] hello world. do not [UNK] [SEP]");
    assert.equal(tokenizer.decode(ids, { skipSpecialTokens: true }), "hello world. do not");
  });

  test("special tokens", () => {
    assert.deepEqual(tokenizer.special.mask, { token: "[MASK]", id: 4 });
    assert.ok(tokenizer.isSpecial(4) && !tokenizer.isSpecial(5));
    assert.equal(wordPieceTokenizer("[UNK] [CLS] [SEP]".split(" ")).special.pad, undefined);
    assert.throws(() => wordPieceTokenizer(["[UNK]", "[CLS]"]), /the separator token "\[SEP\]", got none/);
    assert.throws(() => wordPieceTokenizer([...special, "a", "a"]), /7 different tokens, got 6/);
  });

  test("new tokens", () => {
    const growing = wordPieceTokenizer(vocabulary);
    assert.equal(growing.addTokens(["graft", "hello", "graft", ""]), 1);
    assert.equal(growing.addTokens(["[E]"], { special: true }), 1);
    assert.equal(growing.addTokens(["[E]", "graft"]), 0);
    const size = vocabulary.length;
    assert.equal(growing.vocabularySize, size + 2);
    assert.equal(growing.tokenToId("graft"), size);
    assert.equal(growing.idToToken(size + 1), "[E]");
    assert.deepEqual([...growing.encode("a Graft[E]hello").ids], [2, 5, size, size + 1, 22, 3]);
    assert.equal(growing.decode([5, size + 1], { skipSpecialTokens: true }), "a");
    const again = readTokenizer(growing.toFiles(), "saved");
    assert.deepEqual(again.encode("a Graft[E]hello"), growing.encode("a Graft[E]hello"));
    assert.ok(again.isSpecial(size + 1) && !again.isSpecial(size));
  });

  test("any string is survived, and spans point into the text, in order", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    );
    fc.assert(
      fc.property(text, text, (first, second) => {
        const { starts, ends, sequenceIds, tokens, ids } = tokenizer.encode(first, { pair: second });
        let previous = [-1, 0];
        for (let i = 0; i < ids.length; i++) {
          if (sequenceIds[i] === -1) continue;
          const raw = sequenceIds[i] === 0 ? first : second;
          assert.ok(starts[i]! < ends[i]! && ends[i]! <= raw.length);
          if (previous[0] === sequenceIds[i]) assert.ok(starts[i]! >= previous[1]!);
          previous = [sequenceIds[i]!, ends[i]!];
          assert.equal(tokenizer.idToToken(ids[i]!), tokens[i]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a token's span holds the token, up to case and accents", () => {
    const word = fc.constantFrom("Hello", "WORLD", "x", "café", "東京", "a", "don't", "  ", "😀", "É");
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const raw = words.join(" ");
        const { tokens, starts, ends, sequenceIds } = tokenizer.encode(raw);
        tokens.forEach((token, i) => {
          if (sequenceIds[i] === -1 || token === "[UNK]") return;
          const claimed = raw
            .slice(starts[i], ends[i])
            .toLowerCase()
            .normalize("NFD")
            .replace(/\p{Mn}/gu, "");
          assert.equal(claimed, token.replace(/^##/, ""));
        });
      }),
    );
  });
});
