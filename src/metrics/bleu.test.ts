import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../test/shared.js";
import { loadJapaneseDictionary } from "../tokenizers/japanese/files-dictionary.js";
import { type BleuOptions, bleu, chrf, japaneseWords, type WordSplitter, wordSplitters } from "./index.js";

const golden = "golden/metrics/bleu.json";

const close = (actual: number, expected: number, what: string): void =>
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual} is not ${expected}`,
  );

interface GoldenSet {
  readonly name: string;
  readonly hypotheses: readonly string[];
  /** One text for each hypothesis in each list. */
  readonly references: readonly (readonly string[])[];
  readonly results: Readonly<Record<string, Readonly<Record<string, number | number[]>>>>;
  readonly sentence_bleu: Readonly<Record<string, readonly number[]>>;
  readonly chrf: number;
  readonly "chrf++": number;
}

describe("BLEU and chrF are sacrebleu's", needs(golden), () => {
  const sets: readonly GoldenSet[] = needs(golden).skip === false ? sharedJson(golden).sets : [];
  for (const set of sets)
    test(set.name, async () => {
      const japanese = japaneseWords((await loadJapaneseDictionary()).analyzer("python"));
      const splitterOf = (name: string): WordSplitter =>
        name === "ja-mecab" ? japanese : wordSplitters[name as keyof typeof wordSplitters];
      const { hypotheses } = set;
      const references = hypotheses.map((_, i) => set.references.map((texts) => texts[i]!));
      for (const [name, expected] of Object.entries(set.results)) {
        const [words, smoothing, lowerCase] = name.split("/") as [
          string,
          BleuOptions["smoothing"] & string,
          string?,
        ];
        const got = bleu(hypotheses, references, {
          words: splitterOf(words),
          smoothing,
          lowerCase: lowerCase === "lc",
        });
        close(got.score, expected["bleu"] as number, `${name} score`);
        close(got.brevityPenalty, expected["bp"] as number, `${name} brevity penalty`);
        assert.equal(got.hypothesisLength, expected["sys_len"], name);
        assert.equal(got.referenceLength, expected["ref_len"], name);
        for (const [n, precision] of got.precisions.entries())
          close(precision, (expected["precisions"] as number[])[n]!, `${name} precision ${n + 1}`);
      }
      for (const [words, scores] of Object.entries(set.sentence_bleu))
        hypotheses.forEach((hypothesis, i) => {
          const options = { words: splitterOf(words), effectiveOrder: true };
          close(bleu([hypothesis], [references[i]!], options).score, scores[i]!, `sentence ${i}`);
        });
      close(chrf(hypotheses, references), set.chrf, "chrF");
      close(chrf(hypotheses, references, { wordOrder: 2 }), set["chrf++"], "chrF++");
    });
});

describe("bleu", () => {
  test("equal texts score 100, texts without a common word 0", () => {
    const text = "the cat sat on the mat";
    close(bleu([text], [[text]]).score, 100, "equal");
    assert.equal(bleu([text], [["nothing of this"]]).score, 0);
    close(chrf([text], [[text]]), 100, "equal");
    assert.equal(chrf(["abc"], [["xyz"]]), 0);
  });

  test("empty hypotheses score 0, and nothing at all is an error", () => {
    assert.equal(bleu([""], [["a b"]]).score, 0);
    assert.equal(chrf([""], [["a b"]]), 0);
    assert.throws(() => bleu([], []), { name: "DataError" });
    assert.throws(() => bleu(["a"], []), { name: "DataError" });
  });
});
