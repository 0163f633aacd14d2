import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { generateTexts } from "./generate-texts.js";
import { attentionDecoder, carryingDecoder, type ToyDecoder } from "./toy-decoder.test.js";
import { WorkerGenerator } from "./worker-generator.js";
import type { WrittenText, WrittenToken } from "./written-text.js";

async function started({ graphs, all: parameters }: ToyDecoder): Promise<WorkerGenerator> {
  const generator = new WorkerGenerator({ name: "reference" });
  await generator.setParameters(parameters);
  await generator.prepare(graphs);
  return generator;
}

async function all(
  writing: AsyncGenerator<readonly WrittenToken[], readonly WrittenText[]>,
): Promise<[tokens: WrittenToken[], texts: readonly WrittenText[]]> {
  const tokens: WrittenToken[] = [];
  for (;;) {
    const { value, done } = await writing.next();
    if (done === true) return [tokens, value];
    tokens.push(...value);
  }
}

describe("WorkerGenerator", async () => {
  const decoder = await attentionDecoder();
  const generator = await started(decoder);
  after(() => generator.close());
  const prompts = { ids: [[1, 2], [3]] };

  test("writes what this thread would write, tokens as they come", async () => {
    for (const settings of [
      { maxNewTokens: 5, withScores: true },
      { maxNewTokens: 5, beamCount: 3, returnCount: 2, endTokens: [2] },
      { maxNewTokens: 5, sample: true, seed: 5 },
    ])
      assert.deepEqual(
        await all(generator.generate(prompts, settings)),
        await all(generateTexts(decoder, prompts, settings)),
      );
  });

  test("asks for stop strings", async () => {
    const asked: number[][] = [];
    const settings = { maxNewTokens: 9, stopStrings: ["."] };
    const [, texts] = await all(
      generator.generate(prompts, settings, (ids) => {
        asked.push([...ids]);
        return ids.length === 3;
      }),
    );
    assert.deepEqual(
      texts.map(({ ids, end }) => [ids.length, end]),
      [
        [3, "stop-string"],
        [3, "stop-string"],
      ],
    );
    assert.equal(asked.length, 6);
  });

  test("who stops reading stops the writing, and the next request is served", async () => {
    const writing = generator.generate(prompts, { maxNewTokens: 1_000_000 });
    let steps = 0;
    for await (const tokens of writing) {
      assert.equal(tokens.length, 2);
      if (++steps === 3) break;
    }
    const [, texts] = await all(generator.generate(prompts, { maxNewTokens: 1 }));
    assert.equal(texts.length, 2);
  });

  test("errors come back with their hint", async () => {
    await assert.rejects(all(generator.generate(prompts, { returnCount: 2 })), {
      name: "OptionError",
      hint: "ask for as many beams, or sample",
    });
  });

  test("a decoder with a source", async () => {
    const carrying = await carryingDecoder();
    const other = await started(carrying);
    const translated = { ids: [[0], [0]], sources: [[1, 2, 3], [4]] };
    const settings = { maxNewTokens: 4, beamCount: 2 };
    assert.deepEqual(
      await all(other.generate(translated, settings)),
      await all(generateTexts(carrying, translated, settings)),
    );
    await other.close();
  });
});
