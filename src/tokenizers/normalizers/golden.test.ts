import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../../test/shared.js";
import { rawEnd, rawStart, rawText } from "../aligned-text.js";
import { readNormalizer } from "./index.js";

const file = "golden/tokenizers/normalizers.json";
const bert = { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null };

/** What the golden file calls each step, as tokenizer.json writes it. */
const steps = {
  NFC: { type: "NFC" },
  NFD: { type: "NFD" },
  NFKC: { type: "NFKC" },
  NFKD: { type: "NFKD" },
  Lowercase: { type: "Lowercase" },
  StripAccents: { type: "Sequence", normalizers: [{ type: "NFD" }, { type: "StripAccents" }] },
  BertNormalizer: { ...bert, lowercase: true },
  BertNormalizer_cased: { ...bert, lowercase: false },
  Strip: { type: "Strip", strip_left: true, strip_right: true },
};

describe("normalizers, against the tokenizers library", () => {
  test("every step of the golden file is here", needs(file), () => {
    assert.deepEqual(Object.keys(sharedJson(file).normalized).sort(), Object.keys(steps).sort());
  });

  for (const [name, json] of Object.entries(steps)) {
    test(name, needs(file), () => {
      const step = readNormalizer(json, name);
      const golden = sharedJson(file);
      golden.strings.forEach((text: string, i: number) => {
        const result = step.normalize(rawText(text));
        assert.equal(result.text, golden.normalized[name][i], JSON.stringify(text));
        for (let k = 0; k < result.text.length; k++) {
          const [start, end] = [rawStart(result, k), rawEnd(result, k)];
          assert.ok(
            0 <= start && start < end && end <= text.length,
            `${JSON.stringify(text)}: ${start}-${end}`,
          );
        }
      });
      assert.deepEqual(step.toJson(), json);
    });
  }
});
