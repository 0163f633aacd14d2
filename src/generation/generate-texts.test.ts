import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OptionError } from "../base/errors.js";
import { DecoderState, type Prompts } from "./decoder-state.js";
import { generateTexts } from "./generate-texts.js";
import type { ReadyDecoder } from "./ready-decoder.js";
import type { GenerationSettings } from "./settings.js";
import { attentionDecoder, carryingDecoder, tableDecoder, vocabularySize } from "./toy-decoder.test.js";
import type { StopCheck, WrittenText, WrittenToken } from "./written-text.js";

/** After 0 comes 1, after 1 mostly 2, after 2 comes 3, which ends. */
const table = [
  [0.02, 0.9, 0.05, 0.03],
  [0.2, 0.1, 0.6, 0.1],
  [0.1, 0.1, 0.1, 0.7],
  [0.25, 0.25, 0.25, 0.25],
];

async function run(
  decoder: ReadyDecoder,
  prompts: Prompts,
  settings: GenerationSettings,
  stops?: StopCheck,
): Promise<{ readonly tokens: readonly WrittenToken[]; readonly texts: readonly WrittenText[] }> {
  const writing = generateTexts(decoder, prompts, settings, stops);
  const tokens: WrittenToken[] = [];
  for (;;) {
    const { value, done } = await writing.next();
    if (done === true) return { tokens, texts: value };
    tokens.push(...value);
  }
}

describe("generateTexts", () => {
  test("takes the likeliest token until an end token", async () => {
    const decoder = await tableDecoder(table);
    const { texts, tokens } = await run(decoder, { ids: [[0], [2]] }, { endTokens: [3], withScores: true });
    assert.deepEqual(
      texts.map(({ prompt, ids, end }) => [prompt, ids, end]),
      [
        [0, [1, 2, 3], "end-token"],
        [1, [3], "end-token"],
      ],
    );
    assert.deepEqual(
      tokens.map(({ text, token }) => [text, token]),
      [
        [0, 1],
        [1, 3],
        [0, 2],
        [0, 3],
      ],
    );
    assert.ok(Math.abs(texts[0]!.score! - Math.log(0.9 * 0.6 * 0.7)) < 1e-6);
    assert.ok(Math.abs(tokens[1]!.logProbability! - Math.log(0.7)) < 1e-6);
  });

  test("ends at the most tokens, of the text written or of the whole", async () => {
    const decoder = await tableDecoder(table);
    const { texts } = await run(decoder, { ids: [[0], [0, 0, 0]] }, { maxNewTokens: 4, maxLength: 5 });
    assert.deepEqual(
      texts.map(({ ids, end }) => [ids.length, end]),
      [
        [4, "length"],
        [2, "length"],
      ],
    );
  });

  test("ends where nothing is allowed", async () => {
    const decoder = await tableDecoder(table);
    const { texts } = await run(decoder, { ids: [[0]] }, { allowedSequences: [[1, 0]] });
    assert.deepEqual(
      texts.map(({ ids, end }) => [ids, end]),
      [[[1, 0], "nothing-allowed"]],
    );
  });

  test("ends where the check says so", async () => {
    const decoder = await tableDecoder(table);
    const stops: StopCheck = async (written) => written.map((ids) => ids.at(-1) === 2);
    for (const beamCount of [1, 2]) {
      const settings = { stopStrings: ["two"], beamCount, maxNewTokens: 5 };
      const { texts } = await run(decoder, { ids: [[0]] }, settings, stops);
      assert.deepEqual(
        texts.map(({ ids, end }) => [ids, end]),
        [[[1, 2], "stop-string"]],
      );
    }
  });

  test("draws by the probabilities, by the seed, and whatever the batch", async () => {
    const decoder = await tableDecoder(table);
    const settings = { sample: true, returnCount: 1500, maxNewTokens: 1, seed: 3 };
    const { texts } = await run(decoder, { ids: [[1]] }, settings);
    for (const [token, probability] of table[1]!.entries()) {
      const share = texts.filter(({ ids }) => ids[0] === token).length / texts.length;
      assert.ok(Math.abs(share - probability) < 0.04, `${token}: ${share}, not ${probability}`);
    }
    const longer = { sample: true, seed: 3, maxNewTokens: 8 };
    const alone = await run(decoder, { ids: [[0]] }, longer);
    const together = await run(decoder, { ids: [[0], [1, 2], [1]] }, longer);
    assert.deepEqual(together.texts[0], alone.texts[0]);
    const other = await run(decoder, { ids: [[0]] }, { ...longer, seed: 4 });
    assert.notDeepEqual(other.texts[0]!.ids, alone.texts[0]!.ids);
  });

  test("several texts of a prompt are drawn, each by itself", async () => {
    const decoder = await attentionDecoder();
    const settings = { sample: true, returnCount: 3, maxNewTokens: 6, endTokens: [2] };
    const { texts } = await run(decoder, { ids: [[0, 1], [4]] }, settings);
    assert.deepEqual(
      texts.map(({ prompt }) => prompt),
      [0, 0, 0, 1, 1, 1],
    );
    assert.equal(new Set(texts.map(({ ids }) => ids.join())).size, 6);
  });

  for (const [name, open] of [
    ["attention", attentionDecoder],
    ["a carried state", carryingDecoder],
  ] as const) {
    test(`${name}: a batch gives what each text alone gives`, async () => {
      const decoder = await open();
      const ids = [[1, 2, 3], [4], [5, 6]];
      const sources = [[1], [2, 3, 4], [5, 5]];
      const all: GenerationSettings[] = [
        { maxNewTokens: 9, endTokens: [2] },
        { maxNewTokens: 7, endTokens: [2], beamCount: 3, returnCount: 2 },
        {
          maxNewTokens: 7,
          endTokens: [2],
          beamCount: 4,
          beamGroupCount: 2,
          diversityPenalty: 0.5,
          returnCount: 4,
        },
        { maxNewTokens: 5, beamCount: 3, sample: true, noRepeatNgramSize: 2, repetitionPenalty: 1.4 },
      ];
      for (const settings of all) {
        const together = await run(decoder, { ids, sources }, settings);
        for (const [i, prompt] of ids.entries()) {
          const alone = await run(decoder, { ids: [prompt], sources: [sources[i]!], numbers: [i] }, settings);
          const same = together.texts.filter((text) => text.prompt === i);
          assert.deepEqual(
            same.map((text) => text.ids),
            alone.texts.map((text) => text.ids),
          );
          for (const [k, text] of same.entries())
            assert.ok(Math.abs((text.score ?? 0) - (alone.texts[k]!.score ?? 0)) < 1e-5);
        }
      }
    });

    test(`${name}: the score of a beam is that of its text read again`, async () => {
      const decoder = await open();
      const settings = { beamCount: 4, returnCount: 4, maxNewTokens: 6, endTokens: [3], lengthPenalty: 0.7 };
      const { texts } = await run(decoder, { ids: [[1, 5]], sources: [[2, 4]] }, settings);
      assert.equal(texts.length, 4);
      for (const { ids, score } of texts) {
        let sum = 0;
        for (const [i, token] of ids.entries()) {
          const prompts = { ids: [[1, 5, ...ids.slice(0, i)]], sources: [[2, 4]] };
          sum += (await DecoderState.begin(decoder, prompts, 1)).logProbabilities(0)[token]!;
        }
        assert.ok(Math.abs(sum / ids.length ** 0.7 - score!) < 1e-5);
      }
    });
  }

  test("a wide search finds the likeliest of all texts", async () => {
    const decoder = await attentionDecoder();
    const settings = { beamCount: vocabularySize ** 2, maxNewTokens: 3, lengthPenalty: 0 };
    const { texts } = await run(decoder, { ids: [[1]] }, settings);
    let best = -Infinity;
    for (let a = 0; a < vocabularySize; a++)
      for (let b = 0; b < vocabularySize; b++) {
        const scores = [[1], [1, a], [1, a, b]].map(async (ids) =>
          (await DecoderState.begin(decoder, { ids: [ids] }, 1)).logProbabilities(0).slice(),
        );
        const [first, second, third] = await Promise.all(scores);
        best = Math.max(best, first![a]! + second![b]! + Math.max(...third!));
      }
    assert.ok(Math.abs(texts[0]!.score! - best) < 1e-5);
  });

  test("groups of beams that are not kept apart find the same, kept apart they differ", async () => {
    const decoder = await attentionDecoder();
    const search = { beamCount: 4, returnCount: 4, maxNewTokens: 4, beamGroupCount: 2 };
    const texts = async (diversityPenalty: number): Promise<string[]> => {
      const { texts: found } = await run(decoder, { ids: [[1]] }, { ...search, diversityPenalty });
      return found.map(({ ids }) => ids.join());
    };
    const two = await run(decoder, { ids: [[1]] }, { beamCount: 2, returnCount: 2, maxNewTokens: 4 });
    const expected = two.texts.flatMap(({ ids }) => [ids.join(), ids.join()]);
    assert.deepEqual((await texts(0)).sort(), expected.sort());
    assert.equal(new Set(await texts(10)).size, 4);
    const firsts = (await texts(10)).map((ids) => ids[0]);
    assert.ok(new Set(firsts).size >= 2);
  });

  test("who stops reading stops the writing", async () => {
    const decoder = await tableDecoder(table);
    const writing = generateTexts(decoder, { ids: [[0]] }, { maxNewTokens: 1000 });
    let count = 0;
    for await (const tokens of writing) {
      count += tokens.length;
      if (count === 5) break;
    }
    assert.equal(count, 5);
    assert.equal((await writing.next()).done, true);
  });

  test("settings that contradict each other are refused", async () => {
    const decoder = await tableDecoder(table);
    const wrong: GenerationSettings[] = [
      { returnCount: 2 },
      { beamCount: 2, returnCount: 3 },
      { beamCount: 4, beamGroupCount: 3 },
      { beamCount: 4, beamGroupCount: 2, sample: true },
    ];
    for (const settings of wrong)
      assert.throws(() => generateTexts(decoder, { ids: [[0]] }, settings), OptionError);
  });
});
