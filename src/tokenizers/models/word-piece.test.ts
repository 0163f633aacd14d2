import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type WordPieceOptions, wordPiece } from "./word-piece.js";

const vocabulary = ["[UNK]", "un", "##aff", "##able", "##ab", "a", "😀", "##😀", "##"];

function tokens(text: string, options: WordPieceOptions = {}): [string, number, number][] {
  const model = wordPiece(vocabulary, options, "vocab.txt");
  const found: [string, number, number][] = [];
  model.tokenize(text, 0, text.length, {
    push: (id, start, end) => {
      found.push([vocabulary[id]!, start, end]);
    },
  });
  return found;
}

describe("WordPiece", () => {
  test("takes the longest token each time", () => {
    assert.deepEqual(tokens("unaffable"), [
      ["un", 0, 2],
      ["##aff", 2, 5],
      ["##able", 5, 9],
    ]);
  });

  test("a word that cannot be spelt to its end is unknown as a whole", () => {
    assert.deepEqual(tokens("unaffablz"), [["[UNK]", 0, 9]]);
    assert.deepEqual(tokens("z"), [["[UNK]", 0, 1]]);
  });

  test("a word of too many characters is unknown; characters are code points", () => {
    assert.deepEqual(tokens("😀😀", { maxCharactersPerWord: 2 }).length, 2);
    assert.deepEqual(tokens("😀😀😀", { maxCharactersPerWord: 2 }), [["[UNK]", 0, 6]]);
  });

  test("a vocabulary without words that continue, or without the unknown token", () => {
    assert.deepEqual(tokens("una", { continuingPrefix: "@@" }), [["[UNK]", 0, 3]]);
    assert.throws(
      () => wordPiece(["a"], {}, "vocab.txt"),
      /^FileError: vocab.txt: expected the unknown token "\[UNK\]"/,
    );
  });

  test("writes a vocab.txt unless a token holds a line break", () => {
    assert.equal(wordPiece(["[UNK]", "a"], {}, "").files().get("vocab.txt"), "[UNK]\na\n");
    assert.equal(wordPiece(["[UNK]", "a\n"], {}, "").files().size, 0);
  });
});
