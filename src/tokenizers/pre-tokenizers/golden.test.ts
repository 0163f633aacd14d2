import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../../test/shared.js";
import { rawText } from "../aligned-text.js";
import { readPreTokenizer } from "./index.js";

const file = "golden/tokenizers/pretokenizers.json";

/** What the golden file calls each step, as tokenizer.json writes it. */
const steps = {
  Whitespace: { type: "Whitespace" },
  WhitespaceSplit: { type: "WhitespaceSplit" },
  BertPreTokenizer: { type: "BertPreTokenizer" },
  Punctuation: { type: "Punctuation", behavior: "Isolated" },
  Digits_individual: { type: "Digits", individual_digits: true },
};

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
          pieces.push([source.text.slice(start, end), [points[start]!, points[end]!]]);
        }
        assert.deepEqual(pieces, golden.pieces[name][i], JSON.stringify(text));
      });
      assert.deepEqual(step.toJson(), json);
    });
  }
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
