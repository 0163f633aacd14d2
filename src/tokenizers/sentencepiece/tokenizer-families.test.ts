import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../../../test/shared.js";
import { readTokenizer, type Tokenizer } from "../index.js";

const folder = join(repository, "test/golden/sentence-piece/families");

function golden(name: string) {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
}

function filesOf(name: string, change: object = {}): Map<string, string | Uint8Array> {
  const { file, model, config } = golden(name);
  return new Map<string, string | Uint8Array>([
    ["tokenizer_config.json", JSON.stringify({ ...config, ...change })],
    [file, readFileSync(join(folder, model))],
  ]);
}

/** Python counts code points. */
function inCodePoints(text: string, index: number): number {
  return [...text.slice(0, index)].length;
}

function check(tokenizer: Tokenizer, name: string): void {
  const { cases, pairs, special, vocabulary_size, all_special, targets = [] } = golden(name);
  assert.equal(tokenizer.vocabularySize, vocabulary_size);
  for (const [token, id] of Object.values(special) as [string, number][]) {
    assert.equal(tokenizer.tokenToId(token), id, token);
  }
  for (const id of all_special) assert.ok(tokenizer.isSpecial(id), tokenizer.idToToken(id));
  for (const { text, tokens, input_ids, offsets, decoded, decoded_whole } of cases) {
    const where = `${name}: ${JSON.stringify(text)}`;
    assert.deepEqual(tokenizer.encode(text, { specialTokens: false }).tokens, tokens, where);
    const { ids, starts, ends } = tokenizer.encode(text);
    assert.deepEqual([...ids], input_ids, where);
    const spans = Array.from(ids, (_, i) => [inCodePoints(text, starts[i]!), inCodePoints(text, ends[i]!)]);
    assert.deepEqual(spans, offsets, where);
    assert.equal(tokenizer.decode(input_ids, { skipSpecialTokens: true }), decoded, where);
    assert.equal(tokenizer.decode(input_ids), decoded_whole, where);
  }
  for (const { text, pair, input_ids, token_type_ids } of pairs) {
    const encoding = tokenizer.encode(text, { pair });
    assert.deepEqual([...encoding.ids], input_ids);
    assert.deepEqual([...encoding.typeIds], token_type_ids);
  }
  for (const { text, input_ids } of targets) {
    assert.deepEqual([...tokenizer.target.encode(text).ids], input_ids, `${name}, target: ${text}`);
  }
}

const names = [
  ...["albert", "bigbird", "camembert", "deberta-v2", "llama", "mbart", "mbart50", "mbart50-ja", "nllb"],
  ...["nllb-legacy", "pegasus", "t5", "xlm-roberta", "xlnet"],
];

describe("tokenizers of Python's transformers from a .model file", () => {
  for (const name of names) {
    test(`${name}: ids, spans, special tokens and decoding, and saved and read again`, () => {
      const tokenizer = readTokenizer(filesOf(name), "dir");
      check(tokenizer, name);
      const files = tokenizer.toFiles();
      const { file, model } = golden(name);
      assert.deepEqual(files.get(file), readFileSync(join(folder, model)));
      check(readTokenizer(files, "again"), name);
    });
  }

  test("a language that the vocabulary has not is refused", () => {
    assert.throws(() => readTokenizer(filesOf("mbart50", { src_lang: "xx_XX" }), "dir"), {
      name: "FileError",
      message: /expected the piece "xx_XX", got none/,
    });
    assert.throws(() => readTokenizer(filesOf("nllb", { additional_special_tokens: [] }), "dir"), {
      name: "FileError",
      hint: /name it in tokenizer_config.json under additional_special_tokens/,
    });
  });
});
