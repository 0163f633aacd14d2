import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rawText } from "../aligned-text.js";
import { applyUnicodeForm } from "../normalizers/unicode-form.js";
import { lowercaseWord } from "./lowercase-word.js";
import { rewritePieces } from "./rewrite-pieces.js";

describe("rewritePieces", () => {
  test("changes each piece for itself and keeps where it stands", () => {
    const pieces = { source: rawText("xΑΣ ΣΑ①", 10), bounds: [1, 3, 4, 6, 6, 7] };
    const { source, bounds } = rewritePieces(pieces, (piece) =>
      applyUnicodeForm(lowercaseWord(piece), "NFKC"),
    );
    assert.equal(source.text, "αςσα1");
    assert.deepEqual(bounds, [0, 2, 2, 4, 4, 5]);
    assert.deepEqual([...source.starts!], [11, 12, 14, 15, 16]);
    assert.deepEqual([...source.ends!], [12, 13, 15, 16, 17]);
  });

  test("gives back pieces that stay as they are", () => {
    const pieces = { source: rawText("abc"), bounds: [0, 1, 1, 3] };
    assert.equal(rewritePieces(pieces, lowercaseWord), pieces);
  });

  test("leaves out what becomes empty", () => {
    const pieces = { source: rawText("abc"), bounds: [0, 1, 1, 3] };
    const { source, bounds } = rewritePieces(pieces, (piece) => (piece.text === "a" ? rawText("") : piece));
    assert.deepEqual([source.text, bounds, [...source.starts!]], ["bc", [0, 2], [1, 2]]);
  });
});

describe("lowercaseWord", () => {
  test("a character that becomes two keeps its place", () => {
    const { text, starts, ends } = lowercaseWord(rawText("aİΣ"));
    assert.equal(text, "ai\u0307ς");
    assert.deepEqual([...starts!], [0, 1, 1, 2]);
    assert.deepEqual([...ends!], [1, 2, 2, 3]);
  });
});
