// What is drawn from raw text: every objective gives the same for the same random stream, loses nothing, and hides as
// much as it says.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random, toNumbers } from "../base/index.js";
import { chooseSpans, chooseWords, type MaskableText } from "./choose-masked.js";
import {
  type Damage,
  damagedBy,
  deletedTokens,
  infilledText,
  maskedTokens,
  permutedSentences,
  rotatedText,
} from "./denoising.js";
import { maskTokens } from "./masked-lm.js";
import { permuteTokens } from "./permutation-lm.js";
import { replaceTokens } from "./replaced-tokens.js";
import { nextSentencePairs, sentenceOrderPairs } from "./sentence-pairs.js";
import { corruptSpans } from "./span-corruption.js";

/** A text of `count` tokens in words of one to three tokens. */
function wordy(count: number): MaskableText {
  const random = new Random(3);
  const words: number[] = [];
  for (let word = 0; words.length < count; word++)
    for (let i = random.integer(3); i >= 0 && words.length < count; i--) words.push(word);
  return { places: words.map((_, i) => 100 + i), words };
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
    assert.equal(chooseWords({ places: [1, 2, 3], words: [0, 0, 0] }, 1, new Random(1)).flat().length, 3);
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

describe("span corruption", () => {
  const sentinel = (number: number): number => 1000 - number;

  test("source and target together are the text; 15 % is replaced, in spans of 3", () => {
    const ids = Array.from({ length: 200 }, (_, i) => i);
    for (let seed = 0; seed < 20; seed++) {
      const { source, target } = corruptSpans(ids, { sentinel, endId: -1 }, new Random(seed));
      assert.deepEqual([source.at(-1), target.at(-1)], [-1, -1]);
      const spans = new Map<number, number[]>();
      let current: number[] = [];
      for (const id of target.slice(0, -1)) {
        if (id > 900) {
          current = [];
          spans.set(id, current);
        } else current.push(id);
      }
      assert.equal(spans.size, 10);
      const whole = [...source.slice(0, -1)].flatMap((id) => spans.get(id) ?? [id]);
      assert.deepEqual(whole, ids);
      assert.equal([...spans.values()].flat().length, 30);
      assert.ok([...spans.values()].every((span) => span.length > 0));
    }
  });

  test("short texts keep a token; one that is too short, or sentinels that run out, are errors", () => {
    const { source, target } = corruptSpans([7, 8], { sentinel, endId: -1 }, new Random(1));
    assert.deepEqual(
      [[...source], [...target]],
      [
        [7, 1000, -1],
        [1000, 8, -1],
      ],
    );
    assert.throws(() => corruptSpans([7], { sentinel, endId: -1 }, new Random(1)), { name: "DataError" });
    const few = (number: number): number | undefined => (number < 2 ? number : undefined);
    const ids = new Array<number>(100).fill(5);
    assert.throws(() => corruptSpans(ids, { sentinel: few, endId: -1 }, new Random(1)), /sentinel number 2/);
  });
});

describe("denoising", () => {
  const ids = Array.from({ length: 300 }, (_, i) => 10 + i);
  const damages: Record<string, Damage> = {
    masked: maskedTokens(4),
    deleted: deletedTokens(),
    infilled: infilledText(4),
    permuted: permutedSentences((id) => id % 7 === 0),
    rotated: rotatedText(),
    all: damagedBy(
      permutedSentences((id) => id % 7 === 0),
      infilledText(4),
    ),
  };
  for (const [name, damage] of Object.entries(damages))
    test(`${name}: the same stream damages alike, and no token is invented`, () => {
      const damaged = damage(ids, new Random(5));
      assert.deepEqual(damage(ids, new Random(5)), damaged);
      assert.notDeepEqual(damaged, ids);
      const rest = damaged.filter((id) => id !== 4);
      assert.equal(new Set(rest).size, rest.length);
      assert.ok(rest.every((id) => ids.includes(id)));
      if (name === "permuted" || name === "rotated") assert.equal(damaged.length, ids.length);
      if (name !== "permuted" && name !== "rotated" && name !== "all")
        assert.deepEqual(
          rest,
          [...rest].sort((a, b) => a - b),
          "the order stays",
        );
    });

  test("infilling hides 30 %, in spans of 3 on average, some of them empty", () => {
    let [hidden, masks] = [0, 0];
    for (let seed = 0; seed < 50; seed++) {
      const damaged = infilledText(4)(ids, new Random(seed));
      const count = damaged.filter((id) => id === 4).length;
      masks += count;
      hidden += ids.length - (damaged.length - count);
    }
    assert.ok(Math.abs(hidden / (50 * 300) - 0.3) < 0.01, `${hidden}`);
    assert.ok(hidden / masks > 2.6 && hidden / masks < 3.1, `${hidden / masks}`);
  });

  test("a text that would be deleted whole keeps a token", () => {
    assert.deepEqual(deletedTokens(1)([5, 6], new Random(1)), [5]);
    assert.deepEqual(infilledText(4)([], new Random(1)), []);
  });
});

describe("permutation", () => {
  const [size, length] = [3, 30];
  const ids = Int32Array.from({ length: size * length }, (_, i) => (i % length > 27 ? 3 : 10 + i));
  const mask = Int32Array.from(ids, (_, i) => Number(i % length > 2)); // padding on the left, as XLNet has it
  const batch = { size, length, ids, mask };
  const options = { isSpecial: (id: number) => id < 10 };
  const permuted = permuteTokens(batch, options, 1, 1);
  const at = (tensor: { data: ArrayLike<number | bigint> }, ...place: number[]): number =>
    Number(tensor.data[place[0]!]);

  test("a guessed token does not see itself nor what comes later; all see what is not guessed", () => {
    const { permutationMask, targetMapping, labels, counts } = permuted;
    const targetCount = targetMapping.shape[1]!;
    for (let row = 0; row < size; row++) {
      const guessed: number[] = [];
      for (let i = 0; i < targetCount; i++) {
        if (at(counts, row * targetCount + i) === 0) continue;
        const start = (row * targetCount + i) * length;
        const column = toNumbers(
          "int64",
          targetMapping.data.slice(start, start + length) as BigInt64Array,
        ).indexOf(1);
        guessed.push(column);
        assert.equal(at(labels, row * targetCount + i), ids[row * length + column]);
        assert.ok(mask[row * length + column] === 1 && ids[row * length + column]! >= 10);
      }
      assert.ok(guessed.length > 0);
      const blocked = (query: number, key: number): boolean =>
        at(permutationMask, (row * length + query) * length + key) === 1;
      for (let key = 0; key < length; key++)
        for (let query = 0; query < length; query++) {
          if (!guessed.includes(key)) assert.ok(!blocked(query, key));
          else if (!guessed.includes(query) || query === key) assert.ok(blocked(query, key));
          else assert.notEqual(blocked(query, key), blocked(key, query), "one of two comes first");
        }
    }
  });

  test("the seed and step decide, and a sixth is guessed", () => {
    assert.deepEqual(permuteTokens(batch, options, 1, 1), permuted);
    assert.notDeepEqual(permuteTokens(batch, options, 1, 2), permuted);
    const long = {
      size: 20,
      length: 300,
      ids: new Int32Array(6000).fill(50),
      mask: new Int32Array(6000).fill(1),
    };
    const { counts } = permuteTokens(long, options, 2, 1);
    const share = toNumbers("int64", counts.data as BigInt64Array).reduce((a, b) => a + b, 0) / 6000;
    assert.ok(Math.abs(share - 1 / 6) < 0.02, `${share}`);
  });
});

describe("replaced tokens", () => {
  test("are drawn from the generator's distribution, and only where something was hidden", () => {
    const original = new Int32Array(3000).fill(2);
    const predictedRows = Int32Array.from({ length: 3000 / 2 }, (_, i) => 2 * i);
    const logits = new Float32Array(1500 * 3);
    const probabilities = [0.2, 0.3, 0.5];
    logits.forEach((_, i) => {
      logits[i] = Math.log(probabilities[i % 3]!) + 7;
    });
    const { ids, labels } = replaceTokens(original, { predictedRows }, logits, 1, 1);
    assert.deepEqual(replaceTokens(original, { predictedRows }, logits, 1, 1).ids, ids);
    probabilities.forEach((probability, token) => {
      const share = predictedRows.filter((place) => ids[place] === token).length / 1500;
      assert.ok(
        Math.abs(share - probability) < 5 * Math.sqrt((probability * (1 - probability)) / 1500),
        `${share}`,
      );
    });
    ids.forEach((id, place) => {
      assert.equal(labels[place], Number(id !== 2));
      if (place % 2 === 1) assert.equal(id, 2);
    });
  });
});

describe("pairs of sentences", () => {
  const documents = [0, 1, 2].map((d) =>
    Array.from({ length: 12 }, (_, s) =>
      Array.from({ length: 3 + (s % 4) }, (_, i) => 1000 * d + 20 * s + i),
    ),
  );
  const documentOf = (ids: readonly number[]): Set<number> => new Set(ids.map((id) => Math.floor(id / 1000)));
  const isRising = (ids: readonly number[]): boolean => ids.every((id, i) => i === 0 || id > ids[i - 1]!);

  test("next sentence: the second stretch follows, or is of another document, half and half", () => {
    const make = nextSentencePairs({ maxLength: 24 });
    let [next, all] = [0, 0];
    for (let seed = 0; seed < 60; seed++)
      for (const { first, second, label } of make(documents[0]!, documents, new Random(seed))) {
        assert.ok(first.length > 0 && second.length > 0 && first.length + second.length <= 24);
        assert.deepEqual([...documentOf(first)], [0]);
        assert.equal(documentOf(second).has(0), label === 0);
        if (label === 0) assert.ok(isRising([...first, ...second]));
        all++;
        next += Number(label === 0);
      }
    assert.ok(Math.abs(next / all - 0.5) < 0.12, `${next} of ${all}`);
    assert.throws(() => make(documents[0]!, [documents[0]!], new Random(4)), /at least two documents/);
  });

  test("sentence order: the same stretches, swapped in half of the pairs", () => {
    const make = sentenceOrderPairs({ maxLength: 24 });
    let [swapped, all] = [0, 0];
    for (let seed = 0; seed < 60; seed++)
      for (const { first, second, label } of make(documents[1]!, documents, new Random(seed))) {
        assert.ok(isRising(label === 0 ? [...first, ...second] : [...second, ...first]));
        all++;
        swapped += label;
      }
    assert.ok(Math.abs(swapped / all - 0.5) < 0.12, `${swapped} of ${all}`);
    assert.deepEqual(make([[1, 2]], documents, new Random(1)), []);
  });
});
