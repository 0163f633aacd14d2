import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs, sharedPath } from "../../../test/shared.js";
import { decodeSentencePieceModel } from "../../formats/sentencepiece.js";
import { rawEnd, rawStart, rawText } from "../aligned-text.js";
import { readNormalizer } from "./index.js";

const file = "golden/tokenizers/sentencepiece/unigram.model";

/** The rules of nmt_nfkc, as a tokenizer.json has them. */
function nmtNfkc(): { type: string; precompiled_charsmap: string } {
  const { normalizer } = decodeSentencePieceModel(readFileSync(sharedPath(file)), file);
  const charsmap = base64(normalizer["precompiled_charsmap"] as Uint8Array);
  return { type: "Precompiled", precompiled_charsmap: charsmap };
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const spans = (json: { type: string }, text: string): [string, number, number][] => {
  const result = readNormalizer(json, "n").normalize(rawText(text));
  return Array.from(result.text, (unit, i) => [unit, rawStart(result, i), rawEnd(result, i)]);
};

// What tokenizers 0.23.3 gives for these.
const cases: [text: string, normal: string][] = [
  // A letter and its mark of 6 bytes or more are looked up one by one, so they stay apart.
  ["\uff21\uff42\uff11\u3000\uff76\uff9e\u3314", "Ab1 \u30ab\u3099\u30ad\u30ed"],
  ["\ufb01 e\u0301 \u304b\u3099", "fi \u00e9 \u304b\u3099"],
  ["a\r\nb\u200bc", "a b c"],
  ["plain", "plain"],
  ["", ""],
];

describe("Precompiled", () => {
  for (const [text, normal] of cases) {
    test(JSON.stringify(text), needs(file), () => {
      assert.equal(readNormalizer(nmtNfkc(), "n").normalize(rawText(text)).text, normal);
    });
  }

  test("what is written stands for what it replaced, character by character", needs(file), () => {
    assert.deepEqual(spans(nmtNfkc(), "x㌔é"), [
      ["x", 0, 1],
      ["キ", 1, 2],
      ["ロ", 1, 2],
      ["é", 2, 3],
    ]);
    assert.deepEqual(spans(nmtNfkc(), "e\u0301x"), [
      ["é", 0, 1],
      ["x", 2, 3],
    ]);
  });

  test("is written as it was read", needs(file), () => {
    assert.deepEqual(readNormalizer(nmtNfkc(), "n").toJson(), nmtNfkc());
  });

  test("damaged rules are refused", () => {
    const read = (precompiled_charsmap: string): unknown =>
      readNormalizer({ type: "Precompiled", precompiled_charsmap }, "n");
    assert.throws(() => read("&&"), /^FileError: n: expected "precompiled_charsmap" to be base64/);
    assert.throws(
      () => read("AAAA"),
      /^FileError: n: damaged precompiled_charsmap, expected at least 4 bytes/,
    );
    assert.throws(() => read("//////8="), /expected a trie of whole 1024-byte blocks/);
  });

  test("rules that point anywhere end, whatever they say", () => {
    const bytes = new Uint8Array(4 + 1024 + 3);
    new DataView(bytes.buffer).setUint32(0, 1024, true);
    for (let i = 4; i < 4 + 1024; i++) bytes[i] = (i * 197) & 0xff;
    const json = { type: "Precompiled", precompiled_charsmap: base64(bytes) };
    const step = readNormalizer(json, "n");
    for (let i = 0; i < 0x3000; i += 7) {
      const result = step.normalize(rawText(`${String.fromCharCode(i)}\u0301 a`));
      assert.ok(result.text.length <= 8);
    }
  });
});

describe("Nmt", () => {
  test("control characters go, other white space becomes a space", () => {
    assert.deepEqual(spans({ type: "Nmt" }, "a\u0001\tb\u200b\ufeffc"), [
      ["a", 0, 1],
      [" ", 2, 3],
      ["b", 3, 4],
      [" ", 4, 5],
      [" ", 5, 6],
      ["c", 6, 7],
    ]);
  });
});
