import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../../test/shared.js";
import { probabilitiesOf } from "../probabilities.js";
import type { TokenSequence } from "../sequence.js";
import { epsilonCutoff, etaCutoff } from "./cutoff.js";
import { filtersOf, type ScoreFilter } from "./index.js";
import { forcedFirstToken, forcedLastToken, minLength, minNewTokens } from "./length.js";
import { minP } from "./min-p.js";
import { noRepeatNgram, noSourceNgram } from "./no-repeat-ngram.js";
import { repetitionPenalty, sourcePreference } from "./repetition-penalty.js";
import { badWords, sequenceBias } from "./sequence-bias.js";
import { temperature } from "./temperature.js";
import { topK } from "./top-k.js";
import { topP } from "./top-p.js";
import { typical } from "./typical.js";
import { allowedSequences, allowedTokens, suppressedFirstTokens, suppressedTokens } from "./vocabulary.js";

const golden = "golden/generation/logits_processors.json";

interface Golden {
  readonly input_ids: number[][];
  readonly scores: number[][];
  readonly processed: Record<string, (number | null)[][]>;
  readonly softmax_of_last: number[][];
}

/** The filters that Python was asked for, by the names of the stored values. */
function filters([first, second]: number[][]): Record<string, ScoreFilter[]> {
  return {
    "temperature_0.7": [temperature(0.7)],
    "temperature_1.8": [temperature(1.8)],
    top_k_1: [topK(1)],
    top_k_5: [topK(5)],
    top_k_50: [topK(50)],
    "top_p_0.3": [topP(0.3)],
    "top_p_0.9": [topP(0.9)],
    "top_p_0.95_min3": [topP(0.95, 3)],
    "min_p_0.1": [minP(0.1)],
    "typical_0.8": [typical(0.8)],
    "epsilon_0.02": [epsilonCutoff(0.02)],
    "eta_0.05": [etaCutoff(0.05)],
    "repetition_penalty_1.3": [repetitionPenalty(1.3)],
    "repetition_penalty_0.8": [repetitionPenalty(0.8)],
    no_repeat_ngram_1: [noRepeatNgram(1)],
    no_repeat_ngram_2: [noRepeatNgram(2)],
    no_repeat_ngram_3: [noRepeatNgram(3)],
    min_length_12_eos3: [minLength(12, [3])],
    min_new_tokens_4_prompt6_eos3: [minNewTokens(4, [3])],
    forced_bos_5_len9: [forcedFirstToken(5)],
    forced_eos_3_max10: [forcedLastToken([3], () => 4)],
    suppress_2_4: [suppressedTokens([2, 4])],
    sequence_bias: [
      sequenceBias([
        [[first!.at(-1)!, 7], 2.5],
        [[9], -3],
      ]),
    ],
    bad_words_6: [badWords([[6], [second!.at(-1)!, 8]], [3])],
    "temperature_0.7 then top_k_8 then top_p_0.9": [temperature(0.7), topK(8), topP(0.9)],
  };
}

describe("the filters of Python's transformers", needs(golden), () => {
  const { input_ids: histories, scores, processed, softmax_of_last: softmax }: Golden = sharedJson(golden);
  const made = filters(histories);

  test("each stored filter is one of ours", () => {
    assert.deepEqual(Object.keys(made).sort(), Object.keys(processed).sort());
  });

  for (const [name, expected] of Object.entries(processed))
    test(name, () => {
      expected.forEach((row, i) => {
        const ids = histories[i]!;
        const filtered = apply(made[name]!, scores[i]!, { ids, promptLength: 6, source: [] });
        closeTo(filtered, row);
        if (!name.includes("then")) return;
        for (const [token, probability] of probabilitiesOf(filtered).entries())
          assert.ok(Math.abs(probability - softmax[i]![token]!) < 1e-6);
      });
    });
});

describe("filters", () => {
  const sequence = (ids: number[], promptLength = 0, source: number[] = []): TokenSequence => ({
    ids,
    promptLength,
    source,
  });
  const forbidden = (filter: ScoreFilter, of: TokenSequence, size = 6): number[] =>
    [...apply([filter], new Array<number>(size).fill(1), of)].flatMap((score, token) =>
      score === -Infinity ? [token] : [],
    );

  test("what occurs in the source gains, and its sequences can be forbidden", () => {
    const given = sequence([4, 1], 2, [1, 2, 1, 3]);
    assert.deepEqual([...apply([sourcePreference(2)], [1, -1, 1, -1], given)], [1, -0.5, 2, -0.5]);
    assert.deepEqual(forbidden(noSourceNgram(2), given), [2, 3]);
  });

  test("a sequence shorter than the n-gram forbids nothing", () => {
    assert.deepEqual(forbidden(noRepeatNgram(3), sequence([1])), []);
    assert.deepEqual(forbidden(noRepeatNgram(3), sequence([])), []);
  });

  test("a forced first token comes after one token alone", () => {
    assert.deepEqual(forbidden(forcedFirstToken(2), sequence([0], 1)), [0, 1, 3, 4, 5]);
    assert.deepEqual(forbidden(forcedFirstToken(2), sequence([0, 2], 1)), []);
  });

  test("tokens that do not come first come later; a forced token is not the first", () => {
    assert.deepEqual(forbidden(suppressedFirstTokens([3], false), sequence([0], 1)), [3]);
    assert.deepEqual(forbidden(suppressedFirstTokens([3], false), sequence([0, 1], 1)), []);
    assert.deepEqual(forbidden(suppressedFirstTokens([3], true), sequence([0], 1)), []);
    assert.deepEqual(forbidden(suppressedFirstTokens([3], true), sequence([0, 1], 1)), [3]);
  });

  test("only allowed tokens and the end are left", () => {
    assert.deepEqual(forbidden(allowedTokens([1, 2], [5]), sequence([])), [0, 3, 4]);
  });

  test("a text is one of the allowed sequences, and ends there", () => {
    const filter = allowedSequences(
      [
        [1, 2],
        [1, 3],
        [1, 3, 4],
      ],
      [5],
    );
    const allowed = (written: number[]): number[] => {
      const out = new Set(forbidden(filter, sequence([0, ...written], 1)));
      return [0, 1, 2, 3, 4, 5].filter((token) => !out.has(token));
    };
    assert.deepEqual(allowed([]), [1]);
    assert.deepEqual(allowed([1]), [2, 3]);
    assert.deepEqual(allowed([1, 2]), [5]);
    assert.deepEqual(allowed([1, 3]), [4, 5]);
    assert.deepEqual(allowed([2]), [5]);
  });

  test("tokens outside the vocabulary are passed over", () => {
    const [scores] = [[1, 2]];
    for (const filter of [
      suppressedTokens([9]),
      repetitionPenalty(2),
      sequenceBias([[[9], 1]]),
      minLength(5, [9]),
    ])
      assert.equal(apply([filter], scores!, sequence([9])).length, 2);
  });

  test("what draws is narrowed only where something is drawn, and a beam search keeps a token that is no end", () => {
    const settings = { temperature: 0.5, topK: 1, endTokens: [1] };
    assert.equal(filtersOf(settings).length, 0);
    assert.equal(filtersOf({ ...settings, sample: true }).length, 2);
    const scores = apply(filtersOf({ ...settings, sample: true, beamCount: 2 }), [1, 5, 2], sequence([]));
    assert.deepEqual([...scores], [-Infinity, 10, 4]);
  });

  test("settings that change nothing make no filter", () => {
    const neutral = {
      repetitionPenalty: 1,
      noRepeatNgramSize: 0,
      minLength: 0,
      temperature: 1,
      topK: 0,
      topP: 1,
    };
    assert.deepEqual(filtersOf({ ...neutral, sample: true }), []);
  });
});

function apply(
  given: readonly ScoreFilter[],
  scores: readonly number[],
  sequence: TokenSequence,
): Float32Array {
  const row = Float32Array.from(scores);
  for (const filter of given) filter(row, sequence);
  return row;
}

function closeTo(actual: Float32Array, expected: readonly (number | null)[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    if (value === null) assert.equal(actual[i], -Infinity, `token ${i}`);
    else
      assert.ok(
        Math.abs(actual[i]! - value) <= 1e-5 * Math.max(1, Math.abs(value)),
        `token ${i}: ${actual[i]}, not ${value}`,
      );
  });
}
