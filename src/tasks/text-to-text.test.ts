import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wordPieceTokenizer } from "../tokenizers/index.js";
import type { EncodeSettings } from "./task.js";
import { usualWords } from "./text-to-text.js";
import { translation } from "./translation.js";

const tokenizer = wordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "c", "d", "e"]);
const [pad, end] = [0, 4]; // "a" ends texts here: the tokenizer does not put it there
const settings: EncodeSettings = {
  ...{ maxLength: 5, overflow: "truncate", stride: 0, endId: end },
  decoderInput: (target: readonly number[]): number[] => [pad, ...target.slice(0, -1)],
};
const example = { source: "b c", target: "d e", id: undefined, place: "row 1" };

describe("texts to be written", () => {
  const problem = translation.learn([], {});

  test("end with the token that ends texts, once, and are read shifted by one", () => {
    const [plain, ended] = problem.encode([example, { ...example, target: "d a" }], tokenizer, settings);
    assert.deepEqual([...plain!.labels], [2, 7, 8, 3, end]);
    assert.deepEqual([...plain!.read], [pad, 2, 7, 8, 3]);
    assert.deepEqual([...ended!.labels], [2, 7, end, 3]);
    assert.deepEqual([...plain!.encoding.ids], [2, 5, 6, 3]);
  });

  test("that are too long are cut, and what is lost is counted; their end stays", () => {
    const [item] = problem.encode([{ ...example, target: "d e b c d" }], tokenizer, settings);
    assert.deepEqual([...item!.labels], [2, 7, 8, 3, end]);
    assert.equal(item!.encoding.truncatedCount, 3);
    const refuse = { ...settings, overflow: "error" } satisfies EncodeSettings;
    assert.throws(() => problem.encode([{ ...example, target: "d e b c d" }], tokenizer, refuse), {
      name: "DataError",
    });
  });

  test("feed a batch padded to the longest; only their own places are guessed", () => {
    const items = problem.encode([example, { ...example, target: "d" }], tokenizer, settings);
    assert.equal(problem.weightOf(items), 9);
    const feeds = problem.targets(items, 4, 18);
    assert.deepEqual(feeds.get("decoderIds")!.shape, [2, 5]);
    assert.deepEqual([...feeds.get("decoderMask")!.data].map(Number), [1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    assert.deepEqual([...feeds.get("predictedRows")!.data].map(Number), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual([...feeds.get("weights")!.data], new Array(9).fill(Math.fround(1 / 18)));
  });

  test("without a target there is nothing to guess, but what is written is told", () => {
    const items = problem.encode([{ ...example, target: undefined }], tokenizer, settings);
    assert.equal(problem.weightOf(items), 0);
    assert.deepEqual(problem.targets(items, 4, 1).get("decoderIds")!.shape, [1, 1]);
    const [prediction] = problem.decide([example], items, [{ written: Float32Array.of(5, 6, 3) }]);
    assert.equal(prediction!.text, "b c");
    const described = problem.describePrediction({ ...example, target: undefined }, prediction!, items);
    assert.deepEqual(described, { text: "b c", translation: "b c", truncated: false });
  });
});

test("a prefix stands before each source, and is found again in config.json", () => {
  const problem = translation.learn([], { sourcePrefix: "e " });
  const config = problem.configFields();
  assert.deepEqual(config, { task: "translation", source_prefix: "e " });
  for (const one of [problem, translation.restore(config, {}, "config.json")])
    assert.deepEqual([...one.encode([example], tokenizer, settings)[0]!.encoding.ids], [2, 8, 5, 6, 3]);
});

describe("what texts are compared by", () => {
  const words = (...targets: string[]): string =>
    usualWords(targets.map((target) => ({ ...example, target })));

  test("is told by the language and by spaces", () => {
    assert.equal(words("A fine film.", "その映画はとてもよい。"), "13a");
    assert.equal(words("その映画はとてもよい。", "私は学生です。"), "ja-mecab");
    assert.equal(words("その 映画 は とても よい 。"), "none");
  });
});
