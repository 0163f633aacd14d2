import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonObject } from "../../base/index.js";
import { readModel } from "./index.js";
import { wordLevel } from "./word-level.js";

describe("WordLevel", () => {
  const pieces = (text: string): number[] => {
    const found: number[] = [];
    const model = wordLevel(["[UNK]", "the", "cat"], {}, "vocabulary");
    model.tokenize(`..${text}.`, 2, 2 + text.length, {
      push: (id, start, end) => found.push(id, start, end),
    });
    return found;
  };

  test("knows whole words only", () => {
    assert.deepEqual(pieces("cat"), [2, 2, 5]);
    assert.deepEqual(pieces("cats"), [0, 2, 6]);
    assert.deepEqual(pieces("Cat"), [0, 2, 5]);
  });

  test("goes through its JSON unchanged", () => {
    const json = { type: "WordLevel", vocab: { "<unk>": 0, a: 1, __proto__x: 2 }, unk_token: "<unk>" };
    const model = readModel(json as unknown as JsonObject, "t.json, model", new Map());
    assert.deepEqual(model.toJson(), json);
    assert.deepEqual(
      [model.tokenToId("a"), model.tokenToId("b"), model.unknownToken, model.files().size],
      [1, undefined, "<unk>", 0],
    );
  });

  test("wants its unknown token and an id for each token", () => {
    const read = (json: object) => readModel(json as JsonObject, "t.json, model", new Map());
    assert.throws(() => read({ type: "WordLevel", vocab: { a: 0 }, unk_token: "<unk>" }), {
      message: 't.json, model: expected the unknown token "<unk>" in the vocabulary, got none',
    });
    assert.throws(() => read({ type: "WordLevel", vocab: { a: 0, b: 0 }, unk_token: "a" }), {
      message: 't.json, model, vocab: expected every id once, got 0 for "a" and "b"',
    });
    assert.throws(() => read({ type: "WordLevel", vocab: { a: 0 } }), /expected "unk_token" to be a string/);
  });
});
