import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../base/index.js";
import { choosePhrases, chooseSpans, chooseWords, type MaskableText } from "./choose-masked.js";
import { maskTokens } from "./masked-lm.js";

/** A text of `count` tokens in words of one to three tokens. */
function wordy(count: number): MaskableText {
  const random = new Random(3);
  const words: number[] = [];
  for (let word = 0; words.length < count; word++)
    for (let i = random.integer(3); i >= 0 && words.length < count; i--) words.push(word);
  return { places: words.map((_, i) => 100 + i), words, ids: words.map((_, i) => i) };
}

describe("hiding words and spans", () => {
  const text = wordy(400);
  const wholeWords = (groups: readonly (readonly number[])[]): void => {
    const chosen = new Set(groups.flat());
    assert.equal(chosen.size, groups.flat().length, "no place twice");
    text.places.forEach((place, i) => {
      const sameWord = text.places.filter((_, k) => text.words[k] === text.words[i]);
      assert.equal(
        sameWord.every((other) => chosen.has(other) === chosen.has(place)),
        true,
      );
    });
  };

  test("words are hidden whole, as many tokens as the budget says", () => {
    for (let seed = 0; seed < 20; seed++) {
      const groups = chooseWords(text, 60, new Random(seed));
      wholeWords(groups);
      const count = groups.flat().length;
      assert.ok(count > 57 && count <= 60, `${count}`);
    }
    assert.deepEqual(chooseWords(text, 60, new Random(1)), chooseWords(text, 60, new Random(1)));
    // a word that is longer than the budget is still hidden, alone
    assert.equal(
      chooseWords({ places: [1, 2, 3], words: [0, 0, 0], ids: [7, 8, 9] }, 1, new Random(1)).flat().length,
      3,
    );
  });

  test("phrases are hidden as wholes, other words by themselves; none goes over a gap", () => {
    // words 10 and 11 are a phrase, as far as their tokens show
    const phrase = (words: readonly (readonly number[])[], at: number): number =>
      words[at]![0] === 10 && words[at + 1]?.[0] === 11 ? 2 : 1;
    const pattern = Array.from({ length: 60 }, (_, i) => [10, 11, 12][i % 3]!);
    const places = pattern.map((_, i) => (i < 31 ? i : i + 1)); // a separator between a phrase's words
    const choose = choosePhrases(phrase);
    const sizes = new Set<number>();
    for (let seed = 0; seed < 30; seed++)
      for (const group of choose({ places, words: places, ids: pattern }, 9, new Random(seed))) {
        const ids = group.map((place) => pattern[place < 31 ? place : place - 1]!);
        sizes.add(group.length);
        if (group.length === 2) assert.deepEqual([ids, group[1]! - group[0]!], [[10, 11], 1]);
        else if (ids[0] !== 12) assert.ok([30, 32].includes(group[0]!), "apart only at the gap");
      }
    assert.deepEqual([...sizes].sort(), [1, 2]);
  });

  test("spans are runs of whole words; a longer one is rarer", () => {
    const lengths: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const groups = chooseSpans(text, 60, new Random(seed));
      wholeWords(groups);
      for (const group of groups) {
        group.forEach((place, i) => {
          if (i > 0) assert.equal(place, group[i - 1]! + 1, "tokens of a span stand side by side");
        });
        lengths.push(new Set(group.map((place) => text.words[place - 100])).size);
      }
    }
    assert.ok(Math.max(...lengths) <= 10);
    const share = (length: number): number => lengths.filter((own) => own === length).length / lengths.length;
    // cut off by neighbours and by the budget, spans are somewhat shorter than p = 0.2 alone would make them
    assert.ok(share(1) > share(2) && share(2) > share(4), lengths.join());
    const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
    assert.ok(mean > 2.5 && mean < 4, `${mean}`); // 3.8 in the paper
  });

  test("a batch is masked by words: special tokens and padding stay, the seed decides", () => {
    const length = 50;
    const ids = Int32Array.from({ length: 4 * length }, (_, i) => (i % length === 0 ? 2 : 5 + (i % 90)));
    const mask = Int32Array.from(ids, (_, i) => Number(i % length < 40));
    const wordIds = Int32Array.from(ids, (_, i) => (i % length === 0 ? -1 : Math.floor((i % length) / 2)));
    const options = {
      maskId: 4,
      vocabularySize: 100,
      isSpecial: (id: number) => id < 5,
      choose: chooseWords,
    };
    // what is hidden together may share its fate: a word becomes masks whole, or stays whole
    const together = maskTokens({ ids, mask, wordIds, length }, { ...options, sharesFate: true }, 1, 1);
    const isMasked = (place: number): boolean => together.ids[place] === options.maskId;
    const fates = new Set<boolean>();
    for (const place of together.predictedRows) {
      const sameWord = [...together.predictedRows].filter(
        (other) => wordIds[other] === wordIds[place] && Math.abs(other - place) < 2,
      );
      assert.ok(sameWord.every((other) => isMasked(other) === isMasked(place)));
      fates.add(isMasked(place));
    }
    assert.equal(fates.size, 2);
    const draw = (seed: number, step: number): Int32Array =>
      maskTokens({ ids, mask, wordIds, length }, options, seed, step).predictedRows;
    const places = draw(1, 1);
    assert.deepEqual(draw(1, 1), places);
    assert.notDeepEqual(draw(1, 2), places);
    assert.ok(
      places.every(
        (place, i) => mask[place] === 1 && ids[place]! >= 5 && (i === 0 || place > places[i - 1]!),
      ),
    );
    assert.ok(places.length >= 4 * 5 && places.length <= 4 * 6); // 15 % of 39, in words of two
  });
});
