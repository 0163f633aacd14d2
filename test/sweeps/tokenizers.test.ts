// Laws of all tokenizers: any string is survived, spans point at what they claim, and what can come back does.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Tokenizer } from "../../src/tokenizers/index.js";
import { corpus, everyTokenizer } from "./every-tokenizer.js";

const hard = [
  // letters with combining marks, composed and not, several, and one alone
  ...["e\u0301", "é", "か\u3099", "が", "ガ\u3099", "o\u0302\u0301", "\u0301", "\u3099", "ไม่", "क्षि"],
  // half-width and full-width
  ...["ｶﾞ", "ﾊﾟ", "ｱ", "ﾞ", "ＡＢＣ", "１２３", "！", "￥", "㍿", "ﬁ", "①", "½"],
  // emoji with joiners, skin tones, flags, keycaps; beyond the basic plane
  ...["👨‍👩‍👧‍👦", "👍🏽", "🇯🇵", "🇯", "1️⃣", "☃", "\u200d", "\ufe0f", "𠮷", "𝒳", "\u{e0001}"],
  // halves of pairs
  ...["\ud83d", "\ude00", "\ude00\ud83d", "\ud800"],
  // spaces and what is none
  ...[
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\u3000",
    "\xa0",
    "\u2003",
    "\u200b",
    "\ufeff",
    "\0",
    "\x1c",
    "\x85",
    "\xad",
  ],
  // what means something to some tokenizer
  ...[
    "▁",
    "##a",
    "</w>",
    "[MASK]",
    "[SEP]",
    "<mask>",
    "</s>",
    "<unk>",
    "<0x0A>",
    "<0xE3>",
    ">>fra<<",
    "Ġ",
    "``",
    "9,",
  ],
  // words
  ...["hello", "World", "the", "don't", "吾輩は猫である。", "桃太郎", "カタカナ", "ー", "…", "1,000円"],
];

/** Any bytes, read as a file is that is none of ours. */
const fromBytes = fc
  .uint8Array({ maxLength: 24 })
  .map((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));
const text = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...hard) },
      { weight: 1, arbitrary: fc.constantFrom(...corpus) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
      { weight: 1, arbitrary: units },
      { weight: 1, arbitrary: fromBytes },
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const settings = { numRuns: 100, seed: 11 };

/** What a token or the tokens of a text are without marks of words and spaces. */
function surface(tokens: readonly string[]): string {
  return tokens.map((token) => token.replace(/^##|<\/w>$|[▁\s]/g, "")).join("");
}

function tokensOf(tokenizer: Tokenizer, text: string): string {
  return surface(tokenizer.encode(text, { specialTokens: false }).tokens);
}

/**
 * A stretch of text with all the marks on its characters: composed with them a letter may stand for itself alone, as in
 * the tokenizers library, and marks are put into an order of their own.
 */
function withMarks(text: string, start: number, end: number): string {
  const before = /[\p{M}ﾞﾟ]/u.test(text[start]!) ? /[\p{M}ﾞﾟ]*$/u.exec(text.slice(0, start))![0] : "";
  const behind = /^[\p{M}ﾞﾟ]*/u.exec(text.slice(end))![0];
  return before + text.slice(start, end) + behind;
}

function isInsidePair(text: string, at: number): boolean {
  return at > 0 && at < text.length && text.codePointAt(at - 1)! > 0xffff;
}

for (const { name, tokenizer, losslessBut, coversText } of await everyTokenizer()) {
  describe(name, () => {
    test("any string is survived; tokens stand in order, inside the text, on whole characters", () => {
      fc.assert(
        fc.property(text, (raw) => {
          const encoding = tokenizer.encode(raw);
          const { ids, tokens, starts, ends, sequenceIds, wordIds } = encoding;
          let [start, end, word] = [0, 0, 0];
          for (let i = 0; i < ids.length; i++) {
            assert.notEqual(tokenizer.idToToken(ids[i]!), undefined);
            assert.equal(typeof tokens[i], "string");
            if (sequenceIds[i] === -1) continue;
            assert.ok(starts[i]! >= start && wordIds[i]! >= word, `${i} of ${tokens}`);
            [start, word] = [starts[i]!, wordIds[i]!];
            // a space that was written, or a part of a character's bytes, ends where it starts
            assert.ok(start <= ends[i]! && ends[i]! <= raw.length);
            if (start === ends[i]) continue;
            assert.ok(ends[i]! >= end, `${i} of ${tokens}`);
            end = ends[i]!;
            assert.ok(!isInsidePair(raw, start) && !isInsidePair(raw, end), `${tokens[i]} cuts a character`);
          }
          tokenizer.decode(ids);
          tokenizer.decode(ids, { skipSpecialTokens: true });
          assert.deepEqual(tokenizer.encode(raw), encoding);
        }),
        settings,
      );
    });

    test("the text of a span has its token", () => {
      fc.assert(
        fc.property(text, (raw) => {
          const { ids, tokens, starts, ends } = tokenizer.encode(raw, { specialTokens: false });
          for (let i = 0; i < ids.length; i++) {
            if (starts[i] === ends[i] || ids[i] === tokenizer.unknownId) continue;
            const claimed = withMarks(raw, starts[i]!, ends[i]!);
            if (/^[▁\s]*$/.test(claimed)) continue; // alone, spaces are nothing to some
            const found = tokenizer.encode(claimed, { specialTokens: false });
            // a letter may be known inside a word only
            if (found.unknownCount > 0) continue;
            const alone = surface(found.tokens);
            assert.ok(
              alone.includes(surface([tokens[i]!])),
              `${tokens[i]} at "${claimed}", which is ${alone}`,
            );
          }
        }),
        settings,
      );
    });

    if (coversText)
      test("what is in no span is nothing", () => {
        fc.assert(
          fc.property(text, (raw) => {
            const { starts, ends } = tokenizer.encode(raw, { specialTokens: false });
            let last = 0;
            for (let i = 0; i <= starts.length; i++) {
              const between = raw.slice(last, starts[i] ?? raw.length);
              assert.equal(tokensOf(tokenizer, between), "", JSON.stringify(between));
              last = Math.max(last, ends[i] ?? 0);
            }
          }),
          settings,
        );
      });

    if (losslessBut !== undefined)
      test("decoding gives the text back", () => {
        let count = 0;
        fc.assert(
          fc.property(text, (raw) => {
            if (losslessBut.test(raw)) return;
            count++;
            const { ids } = tokenizer.encode(raw, { specialTokens: false });
            assert.equal(tokenizer.decode(ids), raw);
          }),
          { ...settings, numRuns: 200 },
        );
        assert.ok(count > 50);
      });
  });
}
