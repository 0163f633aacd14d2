import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wordPieceTokenizer } from "../tokenizers/index.js";
import { maskedLanguageModelling } from "./masked-language-modelling.js";
import type { RunningExample } from "./text-blocks.js";

const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const tokenizer = wordPieceTokenizer([
  ...["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
  ...letters,
  ...letters.map((letter) => `##${letter}`),
]);
const settings = { maxLength: 12, overflow: "stride", stride: 0 } as const;

const line = (text: string, goesOn: boolean): RunningExample => ({
  ...{ text, goesOn, ends: !goesOn, id: undefined, place: "here" },
});

describe("masked language modelling", () => {
  test("lines of a running text stand side by side, texts by themselves are parted; nothing is lost", () => {
    const problem = maskedLanguageModelling.learn([], {});
    const texts = ["ab cd", "ef", "ghijk lmn"];
    const running = problem.encode(
      texts.map((text, i) => line(text, i > 0)),
      tokenizer,
      settings,
    );
    const tokens = (ids: Int32Array): string[] => Array.from(ids, (id) => tokenizer.idToToken(id)!);
    assert.deepEqual(
      running.map(({ original }) => tokens(original).join(" ")),
      ["[CLS] a ##b c ##d e ##f g ##h ##i ##j [SEP]", "[CLS] ##k l ##m ##n [SEP]"],
    );
    const apart = problem.encode(
      texts.map((text) => line(text, false)),
      tokenizer,
      settings,
    );
    assert.equal(tokens(apart[0]!.original).join(" "), "[CLS] a ##b c ##d [SEP] e ##f [SEP] g ##h [SEP]");
  });

  test("hides anew in each step, the same for the same seed, whatever the batch", () => {
    const problem = maskedLanguageModelling.learn([], { masking: "word", maskRate: 0.3 });
    const items = problem.encode(
      Array.from({ length: 20 }, (_, i) => line(`abc de fghi ${letters[i]} jk`, false)),
      tokenizer,
      settings,
    );
    const drawn = problem.redraw!(items, 1, 1);
    assert.deepEqual(problem.redraw!(items.slice(3), 1, 1), drawn.slice(3));
    const places = (step: number): string =>
      JSON.stringify(problem.redraw!(items, 1, step).map((item) => [...item.places]));
    assert.notEqual(places(2), places(1));
    for (const { original, places: hidden, labels, wordIds, encoding } of drawn) {
      assert.deepEqual(
        [...labels],
        Array.from(hidden, (place) => original[place]!),
      );
      assert.ok(hidden.length > 0 && hidden.every((place) => original[place]! >= 5));
      original.forEach((id, place) => {
        if (!hidden.includes(place)) assert.equal(encoding.ids[place], id);
        const together = [...hidden].some((other) => wordIds[other] === wordIds[place]);
        if (id >= 5) assert.equal(hidden.includes(place), together, "whole words");
      });
    }
    assert.equal(
      problem.weightOf(drawn),
      drawn.reduce((count, { labels }) => count + labels.length, 0),
    );
  });

  test("feeds places in the padded batch, and weights that add up to 1", () => {
    const problem = maskedLanguageModelling.learn([], {});
    const items = problem.redraw!(
      problem.encode([line("abc de", false), line("fghij klm no", true)], tokenizer, settings),
      1,
      1,
    );
    const feeds = problem.targets(items, 12, problem.weightOf(items));
    const places = Array.from(feeds.get("predictedRows")!.data, Number);
    const expected = items.flatMap((item, row) => Array.from(item.places, (place) => 12 * row + place));
    assert.deepEqual(places, expected);
    const total = Array.from(feeds.get("weights")!.data, Number).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(total - 1) < 1e-6);
    assert.deepEqual([...feeds.get("weights")!.shape], [places.length]);
  });

  test("a stretch of unknown tokens alone is counted, and stops no step", () => {
    const problem = maskedLanguageModelling.learn([], {});
    const items = problem.encode([line("!", false)], tokenizer, settings);
    const counts = problem.notes!([], items).map(({ count }) => count);
    assert.deepEqual(counts, [1]);
    const drawn = problem.redraw!(items, 1, 1);
    assert.equal(problem.weightOf(drawn), 0);
    assert.deepEqual(Array.from(problem.targets(drawn, 3, 1).get("weights")!.data, Number), [0]);
  });

  test("a tokenizer without a mask is refused", () => {
    const plain = wordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", ...letters]);
    if (plain.special.mask !== undefined) return assert.fail("expected no mask token");
    const problem = maskedLanguageModelling.learn([], {});
    assert.throws(() => problem.encode([line("ab", false)], plain, settings), /with a mask token/);
  });
});
