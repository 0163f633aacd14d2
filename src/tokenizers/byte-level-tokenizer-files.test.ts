import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { byteAlphabet } from "./byte-alphabet.js";
import { readTokenizer } from "./read-tokenizer.js";
import type { Tokenizer } from "./tokenizer.js";

const special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];
const merges = "#version: 0.2\nh e\nl l\nhe ll\nhell o\nĠ hello\n";
const merged = ["he", "ll", "hell", "hello", "Ġhello"];

function vocabulary(tokens: readonly string[]): string {
  const all = [...tokens, ...byteAlphabet(), ...merged];
  return JSON.stringify(Object.fromEntries(all.map((token, id) => [token, id])));
}

function read(files: Record<string, string>): Tokenizer {
  return readTokenizer(new Map(Object.entries(files)), "dir");
}

const roberta = { "vocab.json": vocabulary(special), "merges.txt": merges };
const gpt2 = { "vocab.json": vocabulary(["<|endoftext|>"]), "merges.txt": merges };

describe("vocab.json and merges.txt", () => {
  test("RoBERTa's are known by their special tokens", () => {
    const tokenizer = read(roberta);
    const encoding = tokenizer.encode("hello hello <mask>!");
    assert.deepEqual(encoding.tokens, ["<s>", "hello", "Ġhello", " <mask>", "!", "</s>"]);
    assert.deepEqual([...encoding.ids].slice(-3), [4, tokenizer.tokenToId("!"), 2]);
    assert.deepEqual([encoding.starts[2], encoding.ends[2]], [6, 11]);
    assert.deepEqual(tokenizer.encode("hello", { pair: "hello" }).tokens, [
      "<s>",
      "hello",
      "</s>",
      "</s>",
      "hello",
      "</s>",
    ]);
    assert.deepEqual(tokenizer.special.mask, { token: "<mask>", id: 4 });
    assert.deepEqual(tokenizer.special.pad, { token: "<pad>", id: 1 });
    assert.equal(tokenizer.decode(encoding.ids, { skipSpecialTokens: true }), "hello hello!");
  });

  test("GPT-2's put nothing around a text", () => {
    const tokenizer = read(gpt2);
    assert.deepEqual(tokenizer.encode("hello<|endoftext|> é").tokens, [
      "hello",
      "<|endoftext|>",
      "Ġ",
      "Ã",
      "©",
    ]);
    assert.equal(tokenizer.special.classification, undefined);
  });

  test("tokenizer_config.json says the class, the prefix and the names", () => {
    const config = {
      tokenizer_class: "RobertaTokenizer",
      add_prefix_space: true,
      trim_offsets: false,
      cls_token: { content: "<pad>" },
      additional_special_tokens: ["<x>"],
    };
    const tokenizer = read({ ...roberta, "tokenizer_config.json": JSON.stringify(config) });
    const encoding = tokenizer.encode("hello<x>");
    assert.deepEqual(encoding.tokens, ["<pad>", "Ġhello", "<x>", "</s>"]);
    const added = { ...gpt2, "added_tokens.json": `{"[E]": ${1 + 256 + merged.length}}` };
    assert.deepEqual(read(added).encode("hello[E]").tokens, ["hello", "[E]"]);
  });

  test("what is written is read back the same", () => {
    for (const files of [roberta, gpt2]) {
      const tokenizer = read(files);
      const again = readTokenizer(tokenizer.toFiles(), "again");
      const text = "hello hello <mask> é <|endoftext|>";
      assert.deepEqual(again.encode(text), tokenizer.encode(text));
      assert.equal(tokenizer.toFiles().get("merges.txt"), merges);
    }
  });

  const wrong: [string, Record<string, string>, RegExp][] = [
    [
      "another class",
      { "tokenizer_config.json": '{"tokenizer_class": "CLIPTokenizer"}' },
      /"CLIPTokenizer" is not/,
    ],
    ["a merge of one", { "merges.txt": "h e\nhe\n" }, /merges\.txt, line 2: expected two tokens/],
    ["a dangling merge", { "merges.txt": "h e\nhe q\n" }, /expected "heq" in the vocabulary/],
    [
      "no separator",
      { "tokenizer_config.json": '{"sep_token": "[SEP]"}' },
      /separator token "\[SEP\]", got none/,
    ],
  ];
  for (const [name, change, message] of wrong) {
    test(`${name} is refused`, () => {
      assert.throws(() => read({ ...roberta, ...change }), { name: "FileError", message });
    });
  }
});
