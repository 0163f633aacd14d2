import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readTokenizer, type Tokenizer, wordPieceTokenizer } from "./index.js";
import { loadJapaneseDictionary } from "./japanese/files-dictionary.js";
import { packEncodings, unpackEncodings } from "./packed-encodings.js";
import { type BatchText, batchEncoder } from "./worker-batch-encoder.js";

const words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "graft", "##s", "a", "plant", "東", "京"];
const tokenizer = wordPieceTokenizer(words);
const texts: BatchText[] = Array.from({ length: 300 }, (_, i) => {
  const text = `${"A graft ".repeat(i % 7)}[MASK] plants ${i}, 東京🌱`;
  return i % 3 === 0 ? [text, "grafts"] : text;
});

/** With this every batch goes to the threads. */
const always = { threads: 3, leastCharacters: 0 };

function expectedOf(of: Tokenizer, options: object): unknown[] {
  return texts.map((text) =>
    typeof text === "string" ? of.encode(text, options) : of.encode(text[0], { ...options, pair: text[1] }),
  );
}

describe("batchEncoder", () => {
  for (const options of [{}, { maxLength: 6 }, { maxLength: 8, stride: 1 }, { specialTokens: false }])
    test(`gives what encode gives, in order: ${JSON.stringify(options)}`, async () => {
      const encoder = batchEncoder(tokenizer, always);
      const many = Array.from({ length: 10 }, () => texts).flat(); // many jobs
      const expected = expectedOf(tokenizer, options);
      const encodings = await encoder.encode(many, options);
      encodings.forEach((encoding, i) => {
        assert.deepEqual(encoding, expected[i % texts.length]);
      });
      assert.equal(encodings.length, many.length);
      await encoder.close();
    });

  test("small batches stay on this thread, and need none to be closed", async () => {
    const encoder = batchEncoder(tokenizer);
    assert.deepEqual(await encoder.encode(texts), expectedOf(tokenizer, {}));
    assert.deepEqual(await encoder.encode([]), []);
    await encoder.close();
  });

  test("an error of a thread comes with its name and hint", async () => {
    const encoder = batchEncoder(tokenizer, always);
    await assert.rejects(encoder.encode(["a graft"], { maxLength: 1 }), { name: "OptionError" });
    assert.equal((await encoder.encode(["a graft"])).length, 1);
    await encoder.close();
  });

  test("a tokenizer that cuts with MeCab takes its dictionary along", async () => {
    const files = new Map([
      ["vocab.txt", words.join("\n")],
      ["tokenizer_config.json", '{"word_tokenizer_type": "mecab", "mecab_kwargs": {"mecab_dic": "ipadic"}}'],
    ]);
    const japanese = readTokenizer(files, "japanese", await loadJapaneseDictionary());
    const encoder = batchEncoder(japanese, always);
    assert.deepEqual(await encoder.encode(texts), expectedOf(japanese, {}));
    await encoder.close();
  });
});

describe("packed encodings", () => {
  test("are what was packed, windows within windows too", () => {
    const encodings = texts.map((text) => tokenizer.encode(String(text), { maxLength: 5, stride: 1 }));
    encodings.push({ ...encodings[0]!, overflow: [{ ...encodings[9]!, overflow: [encodings[8]!] }] });
    const tokenOf = (id: number): string | undefined => tokenizer.idToToken(id);
    assert.deepEqual(unpackEncodings(packEncodings(encodings, tokenOf), tokenOf), encodings);
  });
});
