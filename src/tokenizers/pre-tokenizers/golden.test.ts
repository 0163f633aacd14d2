import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../../test/shared.js";
import { rawEnd, rawStart, rawText } from "../aligned-text.js";
import { readPreTokenizer } from "./index.js";

const file = "golden/tokenizers/pretokenizers.json";

/** What the golden file calls each step, as tokenizer.json writes it. */
const steps = {
  Whitespace: { type: "Whitespace" },
  WhitespaceSplit: { type: "WhitespaceSplit" },
  BertPreTokenizer: { type: "BertPreTokenizer" },
  Punctuation: { type: "Punctuation", behavior: "Isolated" },
  Digits_individual: { type: "Digits", individual_digits: true },
  ByteLevel: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  ByteLevel_prefix: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
  UnicodeScripts: { type: "UnicodeScripts" },
};

/** The words of GPT-2 as the regular expression that they are published as. */
const gpt2Pattern = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

describe("pre-tokenizers, against the tokenizers library", () => {
  for (const [name, json] of Object.entries(steps)) {
    test(name, needs(file), () => {
      const step = readPreTokenizer(json, name);
      const golden = sharedJson(file);
      golden.strings.forEach((text: string, i: number) => {
        const { source, bounds } = step.split({
          source: rawText(text),
          bounds: text === "" ? [] : [0, text.length],
        });
        const points = codePointOffsets(text);
        const pieces: [string, [number, number]][] = [];
        for (let k = 0; k < bounds.length; k += 2) {
          const [start, end] = [bounds[k]!, bounds[k + 1]!];
          pieces.push([
            source.text.slice(start, end),
            [points[rawStart(source, start)]!, points[rawEnd(source, end - 1)]!],
          ]);
        }
        assert.deepEqual(pieces, golden.pieces[name][i], JSON.stringify(text));
      });
      assert.deepEqual(step.toJson(), json);
    });
  }

  test("Split at the words of GPT-2, in each of its forms", needs(file), () => {
    const golden = sharedJson(file);
    for (const [behavior, invert] of [
      ["Isolated", false],
      ["Removed", true],
      ["Contiguous", true],
    ] as const) {
      const json = { type: "Split", pattern: { Regex: gpt2Pattern }, behavior, invert };
      const step = readPreTokenizer(json, "file");
      assert.deepEqual(step.toJson(), json);
      golden.strings.forEach((text: string, i: number) => {
        const bounds = text === "" ? [] : [0, text.length];
        const points = codePointOffsets(text);
        const cut = step.split({ source: rawText(text), bounds }).bounds.map((bound) => points[bound]!);
        const expected = golden.pieces.ByteLevel[i].flatMap((piece: [string, number[]]) => piece[1]);
        const ends = [expected[0], expected.at(-1)];
        const joined = text === "" ? [] : ends;
        assert.deepEqual(cut, behavior === "Contiguous" ? joined : expected, JSON.stringify(text));
      });
    }
  });
});

/** The code point offset of each UTF-16 offset that is a character boundary. */
function codePointOffsets(text: string): number[] {
  const offsets: number[] = [0];
  let unit = 0;
  let point = 0;
  for (const character of text) {
    unit += character.length;
    offsets[unit] = ++point;
  }
  return offsets;
}
