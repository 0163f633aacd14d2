import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../../../test/shared.js";
import { readTokenizer, type Tokenizer } from "../index.js";

const folder = join(repository, "test/golden/sentence-piece/marian");

function golden(name: string) {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
}

function filesOf(name: string): Map<string, string | Uint8Array> {
  const { config, files } = golden(name);
  return new Map<string, string | Uint8Array>([
    ["tokenizer_config.json", JSON.stringify(config)],
    ...Object.entries(files).map(([file, json]) => [file, JSON.stringify(json)] as const),
    ["source.spm", readFileSync(join(folder, "source.spm"))],
    ["target.spm", readFileSync(join(folder, "target.spm"))],
  ]);
}

function check(tokenizer: Tokenizer, name: string): void {
  const { cases, pairs, targets, back, special } = golden(name);
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
  for (const { text, pair, input_ids } of pairs) {
    assert.deepEqual([...tokenizer.encode(text, { pair }).ids], input_ids);
  }
  targets.forEach(({ text, input_ids }: { text: string; input_ids: number[] }, i: number) => {
    assert.deepEqual([...tokenizer.target.encode(text).ids], input_ids, text);
    assert.equal(tokenizer.decode(input_ids, { skipSpecialTokens: true }), back[i], text);
  });
}

describe("Marian's tokenizer", () => {
  for (const name of ["shared", "separate"]) {
    test(`vocabulary ${name}: as Python's, and saved and read again`, () => {
      const tokenizer = readTokenizer(filesOf(name), "dir");
      check(tokenizer, name);
      const files = tokenizer.toFiles();
      assert.ok(!files.has("tokenizer.json"));
      for (const [file, content] of filesOf(name)) {
        if (file !== "tokenizer_config.json") assert.deepEqual(files.get(file), content, file);
      }
      const again = readTokenizer(files, "again");
      check(again, name);
      assert.deepEqual(again.toFiles(), files);
    });
  }

  test("the language and the pieces stand where they are written", () => {
    const text = ">>fra<< How ａre";
    const { tokens, starts, ends } = readTokenizer(filesOf("shared"), "dir").encode(text);
    assert.deepEqual(
      tokens.map((token, i) => [token, text.slice(starts[i], ends[i])]),
      [
        [">>fra<<", ">>fra<<"],
        ["▁", ""],
        ["H", "H"],
        ["ow", "ow"],
        ["▁are", " ａre"],
        ["</s>", ""],
      ],
    );
  });

  test("a target's vocabulary that is promised must be there", () => {
    const files = filesOf("separate");
    files.delete("target_vocab.json");
    assert.throws(() => readTokenizer(files, "dir"), {
      name: "FileError",
      message: /^dir\/target_vocab.json: expected the target's vocabulary/,
    });
  });
});
