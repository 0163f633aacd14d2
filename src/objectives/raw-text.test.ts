// What is drawn from raw text, hidden words apart: every objective gives the same for the same random stream, loses
// nothing, and hides as much as it says.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { argmax, hash, Random, toNumbers } from "../base/index.js";
import {
  type Damage,
  damagedBy,
  deletedTokens,
  infilledText,
  maskedTokens,
  permuteSentences,
  rotatedText,
} from "./denoising.js";
import { permutationLmFeeds, permuteText } from "./permutation-lm.js";
import { cutPrefix } from "./prefix-lm.js";
import { replaceTokens } from "./replaced-tokens.js";
import { drawNextSentence, drawSentenceOrder, type SentencePair } from "./sentence-pairs.js";
import { boundedTokens, spanBoundaryFeeds } from "./span-boundary.js";
import { corruptionOf, corruptSpans, longestCorruptible } from "./span-corruption.js";

describe("span corruption", () => {
  const sentinel = (number: number): number => 1000 - number;

  test("the longest text for a length is that of T5, and fits exactly", () => {
    assert.equal(longestCorruptible(512, {}), 568);
    assert.deepEqual(corruptionOf(568, {}), { noiseCount: 85, spanCount: 28 });
    for (const [length, rate] of [
      [16, 0.15],
      [100, 0.5],
      [64, 0.8],
    ] as const) {
      const longest = longestCorruptible(length, { rate });
      const sizes = (count: number): number[] => {
        const ids = new Array<number>(count).fill(7);
        const { source, target } = corruptSpans(ids, { sentinel, rate }, new Random(1));
        return [source.length + 1, target.length + 1]; // and the token that ends each
      };
      assert.ok(Math.max(...sizes(longest)) <= length);
      assert.ok(Math.max(...sizes(longest + 1)) > length);
    }
  });

  test("source and target together are the text; 15 % is replaced, in spans of 3", () => {
    const ids = Array.from({ length: 200 }, (_, i) => i);
    for (let seed = 0; seed < 20; seed++) {
      const { source, target } = corruptSpans(ids, { sentinel }, new Random(seed));
      const spans = new Map<number, number[]>();
      let current: number[] = [];
      for (const id of target) {
        if (id > 900) {
          current = [];
          spans.set(id, current);
        } else current.push(id);
      }
      assert.equal(spans.size, 10);
      const whole = [...source].flatMap((id) => spans.get(id) ?? [id]);
      assert.deepEqual(whole, ids);
      assert.equal([...spans.values()].flat().length, 30);
      assert.ok([...spans.values()].every((span) => span.length > 0));
    }
  });

  test("short texts keep a token; one that is too short, or sentinels that run out, are errors", () => {
    const { source, target } = corruptSpans([7, 8], { sentinel }, new Random(1));
    assert.deepEqual(
      [[...source], [...target]],
      [
        [7, 1000],
        [1000, 8],
      ],
    );
    assert.throws(() => corruptSpans([7], { sentinel }, new Random(1)), { name: "DataError" });
    const few = (number: number): number | undefined => (number < 2 ? number : undefined);
    const ids = new Array<number>(100).fill(5);
    assert.throws(() => corruptSpans(ids, { sentinel: few }, new Random(1)), /sentinel number 2/);
  });
});

describe("denoising", () => {
  const ids = Array.from({ length: 300 }, (_, i) => 10 + i);
  const damages: Record<string, Damage> = {
    masked: maskedTokens(4),
    deleted: deletedTokens(),
    infilled: infilledText(4),
    permuted: (text, random) => permuteSentences(text, [0, 7, 20, 100], random),
    rotated: rotatedText(),
    all: damagedBy(rotatedText(), infilledText(4)),
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
  const ids = Int32Array.from({ length: 30 }, (_, i) => (i > 27 ? 3 : 10 + i));
  const options = { isSpecial: (id: number) => id < 10 };
  const text = permuteText(ids, options, new Random(1));

  test("what is guessed has a number in an order, the rest has none; special tokens are not guessed", () => {
    const { places, labels, ranks } = text;
    assert.ok(places.length > 0);
    assert.deepEqual(
      [...places],
      [...places].sort((a, b) => a - b),
    );
    places.forEach((place, i) => {
      assert.equal(labels[i], ids[place]);
      assert.ok(ids[place]! >= 10);
    });
    ids.forEach((_, place) => {
      assert.equal(ranks[place]! >= 0, places.includes(place));
    });
    assert.equal(new Set(places.map((place) => ranks[place]!)).size, places.length, "no two at once");
    // a text so short that no span falls into it still has a token that is guessed; one without text has none
    for (let seed = 0; seed < 30; seed++)
      assert.deepEqual([...permuteText(Int32Array.of(3, 50), options, new Random(seed)).places], [1]);
    assert.equal(permuteText(Int32Array.of(3, 3), options, new Random(1)).places.length, 0);
  });

  test("the stream decides, and a sixth is guessed", () => {
    assert.deepEqual(permuteText(ids, options, new Random(1)), text);
    assert.notDeepEqual(permuteText(ids, options, new Random(2)), text);
    const long = new Int32Array(6000).fill(50);
    const share = permuteText(long, options, new Random(2)).places.length / 6000;
    assert.ok(Math.abs(share - 1 / 6) < 0.02, `${share}`);
  });

  test("feeds: padding has no number, each text its targets, weights by the step's count", () => {
    const short = { places: Int32Array.of(1), labels: Int32Array.of(50), ranks: Int32Array.of(-1, 0) };
    const feeds = permutationLmFeeds([short, text], 32, 8);
    const numbers = (name: string): number[] => {
      const { dtype, data } = feeds.get(name)!;
      return [...toNumbers(dtype, data)];
    };
    const targetCount = text.places.length;
    assert.deepEqual(numbers("targets"), [1, ...new Array(targetCount - 1).fill(-1), ...text.places]);
    assert.deepEqual(numbers("ranks").slice(0, 32), [-1, 0, ...new Array(30).fill(-1)]);
    assert.deepEqual(numbers("ranks").slice(32), [...text.ranks, -1, -1]);
    assert.deepEqual(numbers("labels"), [50, ...text.labels]);
    assert.deepEqual(numbers("predictedRows"), [0, ...text.places.map((_, i) => targetCount + i)]);
    assert.ok(numbers("weights").every((weight) => weight === 1 / 8));
  });
});

describe("prefixes", () => {
  test("what is read and what is written are the text, cut at any place", () => {
    const ids = [5, 6, 7, 8];
    const cuts = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const { source, target } = cutPrefix(ids, new Random(seed));
      assert.deepEqual([...source, ...target], ids);
      cuts.add(source.length);
    }
    assert.deepEqual([...cuts].sort(), [1, 2, 3]);
    assert.throws(() => cutPrefix([5], new Random(1)), { name: "DataError" });
  });
});

describe("span boundaries", () => {
  test("tokens side by side are of one span, and know its borders", () => {
    const hidden = { places: Int32Array.of(2, 3, 4, 7), labels: Int32Array.of(12, 13, 14, 17) };
    assert.deepEqual(boundedTokens(hidden, 9), [
      { left: 1, right: 5, offset: 0, label: 12 },
      { left: 1, right: 5, offset: 1, label: 13 },
      { left: 1, right: 5, offset: 2, label: 14 },
      { left: 6, right: 8, offset: 0, label: 17 },
    ]);
    // without a token on one side there is no boundary; the 21st of a span is too far from it
    assert.equal(boundedTokens(hidden, 8).length, 3);
    const long = Int32Array.from({ length: 25 }, (_, i) => i + 1);
    assert.equal(boundedTokens({ places: long, labels: long }, 30).length, 20);
  });

  test("feeds count the rows of the padded batch; a batch without any has one that does not count", () => {
    const feeds = spanBoundaryFeeds([[], [{ left: 1, right: 3, offset: 0, label: 9 }]], 6, 4);
    const of = (name: string): number[] => Array.from(feeds.get(name)!.data, Number);
    assert.deepEqual([of("leftRows"), of("rightRows"), of("spanOffsets")], [[7], [9], [0]]);
    assert.deepEqual([of("boundedLabels"), of("boundedWeights")], [[9], [0.25]]);
    const empty = spanBoundaryFeeds([[]], 6, 4);
    assert.deepEqual(Array.from(empty.get("boundedWeights")!.data, Number), [0]);
    assert.equal(empty.get("spanOffsets")!.data.length, 1);
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

test("replaced tokens are those with the largest logit plus noise, whatever is passed over", () => {
  const random = new Random(5);
  const [rows, size] = [40, 500];
  const logits = Float32Array.from({ length: rows * size }, () => 6 * random.normal());
  const places = Int32Array.from({ length: rows }, (_, i) => i);
  const { ids } = replaceTokens(new Int32Array(rows), { predictedRows: places }, logits, 1, 2);
  const key = hash(hash(1, 0x72706c63), 2);
  const expected = Array.from(places, (place) =>
    argmax(
      Array.from({ length: size }, (_, token) => {
        const uniform = (hash(hash(key, place), token) + 0.5) / 2 ** 32;
        return logits[place * size + token]! - Math.log(-Math.log(uniform));
      }),
    ),
  );
  assert.deepEqual([...ids], expected);
  assert.ok(ids.some((id, row) => id !== argmax(logits.subarray(row * size, (row + 1) * size))));
});

describe("pairs of sentences", () => {
  const text = { length: 40, borders: [7, 12, 30] };
  const options = { maxLength: 24, shortRate: 0.1 };
  const strangeTo = () => ({ start: 3, end: 20 });
  const size = ({ start, end }: SentencePair["first"]): number => end - start;
  const fits = ({ first, second }: SentencePair): void => {
    assert.ok(size(first) > 0 && size(second) > 0 && size(first) + size(second) <= 24);
  };

  test("next sentence: the second stretch follows, or is of another document, half and half", () => {
    let [strange, short] = [0, 0];
    const borders = new Set<number>();
    for (let seed = 0; seed < 400; seed++) {
      const pair = drawNextSentence(text, strangeTo, options, new Random(seed));
      fits(pair);
      strange += Number(pair.isStrange);
      short += Number(size(pair.first) + size(pair.second) < 24);
      assert.equal(pair.label, Number(pair.isStrange));
      const at = text.borders.find((border) => border >= pair.first.end)!;
      borders.add(at);
      if (pair.isStrange) assert.ok(pair.second.start >= 3 && pair.second.end <= 20);
      else assert.ok(pair.second.start >= pair.first.end && pair.second.end <= 40);
    }
    assert.ok(Math.abs(strange / 400 - 0.5) < 0.1, `${strange} of 400`);
    assert.ok(short > 15 && short < 80, `${short} of 400 are made shorter`);
    assert.equal(borders.size, 3);
  });

  test("next sentence: nothing is to be told without another document, or within one sentence", () => {
    for (let seed = 0; seed < 20; seed++) {
      const alone = drawNextSentence(text, () => undefined, options, new Random(seed));
      assert.deepEqual([alone.label, alone.isStrange], [undefined, false]);
      fits(alone);
      const whole = drawNextSentence({ length: 40, borders: [] }, strangeTo, options, new Random(seed));
      assert.equal(whole.label, undefined);
      assert.equal(size(whole.second), 0);
      assert.ok(size(whole.first) > 0 && size(whole.first) <= 24);
    }
  });

  test("sentence order: the same stretches, swapped in half of the pairs", () => {
    let swapped = 0;
    for (let seed = 0; seed < 400; seed++) {
      const pair = drawSentenceOrder(text, strangeTo, options, new Random(seed));
      fits(pair);
      assert.equal(pair.label, Number(pair.first.start > pair.second.start));
      assert.equal(pair.isStrange, false);
      swapped += pair.label!;
    }
    assert.ok(Math.abs(swapped / 400 - 0.5) < 0.1, `${swapped} of 400`);
    const whole = drawSentenceOrder({ length: 9, borders: [] }, strangeTo, options, new Random(1));
    assert.equal(whole.label, undefined);
  });
});
