import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type AlignedText, mapCharacters, rawEnd, rawStart, rawText } from "../aligned-text.js";
import { classesOf, control, ideograph, nonspacingMark, space } from "../unicode-classes.js";
import { bertNormalizer } from "./bert.js";
import { lowercase } from "./lowercase.js";
import { unicodeForm } from "./unicode-form.js";

const normalize = (text: string, options = {}): string =>
  bertNormalizer(options).normalize(rawText(text)).text;

function spans(text: AlignedText): string[] {
  return Array.from(
    { length: text.text.length },
    (_, i) => `${text.text[i]} ${rawStart(text, i)}-${rawEnd(text, i)}`,
  );
}

/** Spans by character: where the halves of a surrogate pair stand is nobody's business. */
function characterSpans(text: AlignedText): string[] {
  let at = 0;
  return Array.from(text.text, (character) => {
    at += character.length;
    return `${character} ${rawStart(text, at - character.length)}-${rawEnd(text, at - 1)}`;
  });
}

describe("BERT normaliser", () => {
  test("letters of several worlds", () => {
    assert.equal(normalize("İstanbul Straße ΣΊΣΥΦΟΣ ǅ"), "istanbul straße σισυφοσ ǆ");
    assert.equal(normalize("İ", { stripAccents: false }), "i̇");
    assert.equal(normalize("がぎ ﾊﾞ 한"), "かき ﾊﾞ 한".normalize("NFD").replaceAll("\u3099", ""));
    assert.equal(normalize("a\u0000b\ufffdc\u200bd\te\u00a0f\u0085g"), "abcd e fg");
    assert.equal(normalize("x東京y"), "x 東  京 y");
    assert.equal(normalize("É", { lowercase: false }), "É");
    assert.equal(normalize("É", { lowercase: false, stripAccents: true }), "E");
  });

  test("what is written stands for the character it came from", () => {
    const result = bertNormalizer().normalize(rawText("É𠮷\u200bb", 10));
    assert.deepEqual(spans(result), [
      "e 10-11",
      "  11-13",
      "\ud842 11-13",
      "\udfb7 11-13",
      "  11-13",
      "b 14-15",
    ]);
  });

  test("half a surrogate pair is deleted, or left alone, but breaks nothing", () => {
    assert.equal(normalize("a\ud800b\udc00"), "ab");
    assert.equal(normalize("a\ud800b", { cleanText: false }), "a\ud800b");
    assert.equal(normalize("a𠮷b", { cleanText: false }), "a 𠮷 b");
  });

  test("the fast way gives what the steps give one after the other", () => {
    const steps = (text: AlignedText): AlignedText => {
      let result = mapCharacters(text, (character, codePoint) =>
        classesOf(codePoint) & control ? "" : classesOf(codePoint) & space ? " " : character,
      );
      result = mapCharacters(result, (character, codePoint) =>
        classesOf(codePoint) & ideograph ? ` ${character} ` : character,
      );
      result = unicodeForm("NFD").normalize(result);
      result = mapCharacters(result, (character, codePoint) =>
        classesOf(codePoint) & nonspacingMark ? "" : character,
      );
      return lowercase().normalize(result);
    };
    const fast = bertNormalizer();
    const character = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      fc.constantFrom(
        "a",
        "É",
        "東",
        "\u0301",
        "\u0323",
        "\u1b44",
        "\ua9c0",
        "\u302e",
        "𝅥",
        "𝅮",
        "각",
        "𠮷",
        "\ud800",
      ),
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
        const text = characters.join("");
        assert.deepEqual(characterSpans(fast.normalize(rawText(text))), characterSpans(steps(rawText(text))));
      }),
      { numRuns: 500 },
    );
  });
});

describe("Unicode forms", () => {
  test("composed characters stand for the character that opens them", () => {
    assert.deepEqual(spans(unicodeForm("NFC").normalize(rawText("e\u0301a"))), ["é 0-1", "a 2-3"]);
    assert.deepEqual(spans(unicodeForm("NFKC").normalize(rawText("ﾊﾞ㍿"))).slice(0, 2), ["バ 0-1", "株 2-3"]);
    assert.deepEqual(spans(unicodeForm("NFD").normalize(rawText("éa"))), ["e 0-1", "\u0301 0-1", "a 1-2"]);
  });

  test("the text is what the host's normalize gives", () => {
    const character = fc.constantFrom(
      "a",
      "\u0301",
      "\u0323",
      "ｶ",
      "ﾞ",
      "각",
      "ᄀ",
      "ᅡ",
      "ᆨ",
      "ﬃ",
      "①",
      "Å",
      "😀",
      " ",
    );
    for (const form of ["NFC", "NFD", "NFKC", "NFKD"] as const) {
      fc.assert(
        fc.property(fc.array(character, { maxLength: 8 }), (characters) => {
          const text = characters.join("");
          const result = unicodeForm(form).normalize(rawText(text));
          assert.equal(result.text, text.normalize(form));
          for (let i = 1; i < result.text.length; i++)
            assert.ok(rawStart(result, i) >= rawStart(result, i - 1));
        }),
        { numRuns: 300 },
      );
    }
  });

  test("a heap of marks does not take quadratic time", () => {
    const text = `a${"\u0301".repeat(1e5)}${"\u0323".repeat(1e5)}`;
    const start = performance.now();
    const result = unicodeForm("NFC").normalize(rawText(text));
    assert.ok(result.text.startsWith("á\u0301") && result.text.length === text.length - 1);
    assert.ok(performance.now() - start < 10_000, "sorting all of them at once takes minutes");
  });
});
