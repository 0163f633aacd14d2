import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readTokenizer } from "../index.js";
import { trainers, trainTokenizer } from "./index.js";

const corpus = [
  "Grafting joins two plants, the scion and the stock.",
  "The scion grows on the roots of the stock.",
  "接ぎ木は二つの植物をつなぐ。",
  "接ぎ木の穂木と台木。",
];
const texts = Array.from({ length: 20 }, () => corpus).flat();
const heldOut = ["The plants grow, 接ぎ木で!", "", "stock", "🌱 grafted"];

describe("every kind of tokenizer that can be learnt", () => {
  for (const [name, trainer] of Object.entries(trainers)) {
    test(`${name}: learnt, written, read, the same again`, async () => {
      const options = { vocabularySize: 320, specialTokens: ["<extra>"], modelMaxLength: 64 };
      const learnt = await trainTokenizer(trainer, texts, options);
      const read = readTokenizer(learnt.toFiles(), name);
      assert.ok(learnt.vocabularySize <= 320);
      assert.deepEqual([read.vocabularySize, read.modelMaxLength], [learnt.vocabularySize, 64]);
      assert.deepEqual(read.special, learnt.special);
      [...trainer.specialTokens, "<extra>"].forEach((token, id) => {
        assert.equal(read.tokenToId(token), id, token);
        assert.ok(read.isSpecial(id), token);
      });
      for (const text of [...corpus, ...heldOut, "a <extra> b"]) {
        const [ours, again] = [learnt.encode(text, { pair: "on" }), read.encode(text, { pair: "on" })];
        assert.deepEqual(again, ours, text);
        assert.equal(read.decode(ours.ids), learnt.decode(ours.ids));
      }
      for (const text of corpus) assert.equal(learnt.encode(text).unknownCount, 0, text);
      assert.ok(learnt.encode("the stock", { specialTokens: false }).tokens.length < "the stock".length);
    });

    test(`${name}: the same texts give the same tokenizer`, async () => {
      const [one, other] = await Promise.all(
        [texts, texts.toReversed()].map((some) => trainTokenizer(trainer, some, { vocabularySize: 320 })),
      );
      assert.deepEqual(one!.toFiles(), other!.toFiles());
    });
  }

  test("of no text is refused", async () => {
    await assert.rejects(trainTokenizer(trainers["wordpiece"]!, [" ", ""]), {
      name: "OptionError",
      message: "expected texts to learn from, got none",
    });
  });
});
