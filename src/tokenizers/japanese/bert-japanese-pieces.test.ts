import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../../../test/shared.js";
import { readTokenizer, type Tokenizer } from "../index.js";
import { loadJapaneseDictionary } from "./files-dictionary.js";

const folder = join(repository, "test/golden/sentence-piece/bert-japanese");
const dictionary = await loadJapaneseDictionary();

function golden(name: string) {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
}

function open(name: string): Tokenizer {
  const { config, model } = golden(name);
  const files = new Map<string, string | Uint8Array>([
    ["tokenizer_config.json", JSON.stringify(config)],
    ["spiece.model", readFileSync(join(folder, model))],
  ]);
  return readTokenizer(files, "ja", dictionary);
}

function check(tokenizer: Tokenizer, name: string): void {
  const { cases, pairs, special, vocabulary_size } = golden(name);
  assert.equal(tokenizer.vocabularySize, vocabulary_size);
  for (const [token, id] of Object.values(special) as [string, number][]) {
    assert.equal(tokenizer.tokenToId(token), id, token);
    assert.ok(tokenizer.isSpecial(id), token);
  }
  for (const { text, tokens, ids, input_ids, decoded, decoded_whole } of cases) {
    const where = `${name}: ${JSON.stringify(text)}`;
    const bare = tokenizer.encode(text, { specialTokens: false });
    assert.deepEqual(bare.tokens, tokens, where);
    assert.deepEqual([...bare.ids], ids, where);
    assert.deepEqual([...tokenizer.encode(text).ids], input_ids, where);
    assert.equal(tokenizer.decode(input_ids, { skipSpecialTokens: true }), decoded, where);
    assert.equal(tokenizer.decode(input_ids), decoded_whole, where);
  }
  for (const { text, pair, input_ids, token_type_ids } of pairs) {
    const encoding = tokenizer.encode(text, { pair });
    assert.deepEqual([...encoding.ids], input_ids);
    assert.deepEqual([...encoding.typeIds], token_type_ids);
  }
}

function spans(tokenizer: Tokenizer, text: string): [token: string, text: string, word: number][] {
  const { tokens, starts, ends, wordIds } = tokenizer.encode(text, { specialTokens: false });
  return tokens.map((token, i) => [token, text.slice(starts[i], ends[i]), wordIds[i]!]);
}

describe("BertJapaneseTokenizer with SentencePiece", () => {
  for (const name of ["no-words", "mecab", "mecab-lower", "basic"]) {
    test(`${name}: as Python's, and saved and read again`, () => {
      const tokenizer = open(name);
      check(tokenizer, name);
      const files = tokenizer.toFiles();
      assert.ok(!files.has("tokenizer.json"));
      assert.deepEqual(files.get("spiece.model"), readFileSync(join(folder, golden(name).model)));
      const again = readTokenizer(files, "again", dictionary);
      check(again, name);
      assert.deepEqual(again.toFiles(), files);
    });
  }

  test("spans point into the raw text, a space that is written stands nowhere", () => {
    assert.deepEqual(spans(open("mecab"), "ｶﾞｽは は"), [
      ["▁", "", 0],
      ["ガ", "ｶﾞ", 0],
      ["ス", "ｽ", 0],
      ["▁", "", 1],
      ["は", "は", 1],
      ["▁", "", 2],
      ["は", "は", 2],
    ]);
  });

  test("a number and its comma are two tokens, quotes one", () => {
    const tokenizer = open("no-words");
    const found = spans(tokenizer, "42, ``は''  です,");
    assert.deepEqual(found.map(([token, text]) => [token, text]).slice(0, 5), [
      ["▁", ""],
      ["4", "4"],
      ["2", "2"],
      [",", ","],
      ["▁", " "],
    ]);
    assert.ok(found.some(([token, text]) => token === '"' && text === "``"));
    assert.ok(found.some(([token, text]) => token.startsWith("▁") && text.startsWith("  ")));
  });

  test("bytes of a character: the last stands for it, the others stand before it", () => {
    assert.deepEqual(
      spans(open("basic"), "鑿").map(([, text]) => text),
      ["", "", "", "鑿"],
    );
  });

  test("without its model it is refused", () => {
    const config = JSON.stringify(golden("no-words").config);
    assert.throws(() => readTokenizer(new Map([["tokenizer_config.json", config]]), "ja", dictionary), {
      name: "FileError",
      message: /^ja\/spiece.model: expected the model/,
    });
  });
});
