import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FileError } from "../base/index.js";
import { readTokenizer, wordPieceTokenizer } from "./index.js";

const vocabulary = "[PAD] [UNK] [CLS] [SEP] [MASK] a caf ##e hello".split(" ");
const lines = `${vocabulary.join("\n")}\n`;

/** The tokenizer.json of a BERT tokenizer, changed by `change`. */
// biome-ignore lint/suspicious/noExplicitAny: the tests write any wrong thing into any field
function changed(change: (json: any) => void): string {
  const json = JSON.parse(String(wordPieceTokenizer(vocabulary).toFiles().get("tokenizer.json")));
  change(json);
  return JSON.stringify(json);
}

function read(files: Record<string, string>): ReturnType<typeof readTokenizer> {
  return readTokenizer(new Map(Object.entries(files)), "dir");
}

describe("readTokenizer", () => {
  test("a vocab.txt alone is BERT's, in lower case", () => {
    const tokenizer = read({ "vocab.txt": lines.replaceAll("\n", "\r\n") });
    assert.deepEqual([...tokenizer.encode("HELLO Café").ids], [2, 8, 6, 7, 3]);
    assert.equal(tokenizer.modelMaxLength, undefined);
    assert.equal(tokenizer.vocabularySize, vocabulary.length);
  });

  test("tokenizer_config.json describes the pipeline over a vocab.txt", () => {
    const config = {
      do_lower_case: false,
      tokenize_chinese_chars: false,
      model_max_length: 64,
      never_split: ["caf"],
      mask_token: { content: "[M]" },
      additional_special_tokens: ["[X]"],
      tokenizer_class: "BertTokenizer",
    };
    const tokenizer = read({ "vocab.txt": lines, "tokenizer_config.json": JSON.stringify(config) });
    assert.deepEqual([...tokenizer.encode("HELLO caf[M]x hello[X] hello").ids], [2, 1, 6, 9, 1, 8, 10, 8, 3]);
    assert.equal(tokenizer.modelMaxLength, 64);
    assert.deepEqual(tokenizer.special.mask, { token: "[M]", id: 9 });
  });

  test("the configuration wins over tokenizer.json, as in Python's transformers", () => {
    const config = { do_lower_case: false, tokenizer_class: "BertTokenizer", model_max_length: 1e30 };
    const files = { "tokenizer.json": changed(() => {}), "tokenizer_config.json": JSON.stringify(config) };
    const tokenizer = read(files);
    assert.equal(tokenizer.encode("HELLO").unknownCount, 1);
    assert.equal(tokenizer.modelMaxLength, undefined);
    assert.equal(read({ ...files, "tokenizer_config.json": "{}" }).encode("HELLO").unknownCount, 0);
  });

  test("truncation and padding of tokenizer.json are the caller's business", () => {
    const tokenizer = read({
      "tokenizer.json": changed((json) => {
        json.truncation = { max_length: 4, strategy: "LongestFirst", stride: 0 };
        json.padding = { strategy: { Fixed: 9 }, pad_id: 0 };
      }),
    });
    assert.equal(tokenizer.encode("a a a a a a").ids.length, 8);
  });

  test("added tokens of a tokenizer without tokenizer.json", () => {
    const decoder = { added_tokens_decoder: { "10": { content: "[E]", special: true } } };
    const tokenizer = read({
      "vocab.txt": lines,
      "added_tokens.json": '{"graft": 9}',
      "tokenizer_config.json": JSON.stringify(decoder),
    });
    assert.deepEqual([...tokenizer.encode("Graft [E]").ids], [2, 9, 10, 3]);
  });

  test("what is written is read back, unknown settings included", () => {
    const config = { tokenizer_class: "ElectraTokenizer", own: { x: 1 }, model_max_length: 77 };
    const first = read({ "vocab.txt": lines, "tokenizer_config.json": JSON.stringify(config) });
    const files = first.toFiles();
    assert.deepEqual([...files.keys()].sort(), [
      "special_tokens_map.json",
      "tokenizer.json",
      "tokenizer_config.json",
      "vocab.txt",
    ]);
    const written = JSON.parse(String(files.get("tokenizer_config.json")));
    assert.deepEqual(
      [written.tokenizer_class, written.own, written.model_max_length, written.do_lower_case],
      ["ElectraTokenizer", { x: 1 }, 77, true],
    );
    assert.deepEqual(readTokenizer(files, "again").toFiles(), files);
  });

  test("what a class stands for is written where the class is another", () => {
    const written = (config: object): Record<string, unknown> => {
      const files = { "tokenizer.json": changed(() => {}), "tokenizer_config.json": JSON.stringify(config) };
      return JSON.parse(String(read(files).toFiles().get("tokenizer_config.json")));
    };
    const names = ["input_ids", "token_type_ids", "attention_mask"];
    const xlnet = written({ tokenizer_class: "XLNetTokenizerFast" });
    assert.deepEqual([xlnet["padding_side"], xlnet["model_input_names"]], ["left", names]);
    const told = written({ tokenizer_class: "XLNetTokenizer", padding_side: "right" });
    assert.equal(told["padding_side"], "right");
    assert.equal(written({ tokenizer_class: "LlamaTokenizer" })["padding_side"], "left");
    assert.equal(written({ tokenizer_class: "BertTokenizer" })["padding_side"], undefined);
  });

  test("a pipeline that BERT's class cannot describe is written for the general class", () => {
    const files = wordPieceTokenizer(vocabulary, { cleanText: false }).toFiles();
    assert.equal(
      JSON.parse(String(files.get("tokenizer_config.json"))).tokenizer_class,
      "PreTrainedTokenizerFast",
    );
  });
});

/** Each bad file with what the error must name. */
const bad: [name: string, files: Record<string, string>, message: RegExp][] = [
  ["no file", {}, /^dir: expected tokenizer.json or vocab.txt, got no file/],
  ["another tokenizer's file", { "spiece.model": "" }, /got spiece.model/],
  ["broken JSON", { "tokenizer.json": '{"version":' }, /^dir\/tokenizer.json: expected JSON/],
  ["not an object", { "tokenizer.json": "[]" }, /expected a JSON object, got an array/],
  ["no model", { "tokenizer.json": "{}" }, /^dir\/tokenizer.json, model: expected an object/],
  [
    "no vocabulary",
    { "tokenizer.json": changed((json) => delete json.model.vocab) },
    /model, vocab: expected an object/,
  ],
  [
    "a model of another kind",
    { "tokenizer.json": changed((json) => (json.model.type = "Syllables")) },
    /the model "Syllables"/,
  ],
  [
    "a model called toString",
    { "tokenizer.json": changed((json) => (json.model.type = "toString")) },
    /"toString"/,
  ],
  ["an id twice", { "tokenizer.json": changed((json) => (json.model.vocab.a = 8)) }, /every id once, got 8/],
  [
    "a gap",
    { "tokenizer.json": changed((json) => delete json.model.vocab.a) },
    /model, vocab: expected .*(below 8|none for 5)/,
  ],
  [
    "an enormous id",
    { "tokenizer.json": changed((json) => (json.model.vocab.z = 4e9)) },
    /ids below 15, .*got 4000000000/,
  ],
  [
    "a negative id",
    { "tokenizer.json": changed((json) => (json.model.vocab.z = -1)) },
    /"z" to be an id.*-1/,
  ],
  [
    "an id that is text",
    { "tokenizer.json": changed((json) => (json.model.vocab.z = "9")) },
    /"z" to be an id/,
  ],
  [
    "no unknown token",
    { "tokenizer.json": changed((json) => (json.model.unk_token = "<u>")) },
    /unknown token "<u>"/,
  ],
  [
    "words as long as anything",
    { "tokenizer.json": changed((json) => (json.model.max_input_chars_per_word = 1e9)) },
    /"max_input_chars_per_word" of at most 1000, got 1000000000/,
  ],
  [
    "a wrong type",
    { "tokenizer.json": changed((json) => (json.normalizer.lowercase = 1)) },
    /normalizer: expected "lowercase" to be true or false, got number 1/,
  ],
  [
    "an unknown step",
    { "tokenizer.json": changed((json) => (json.normalizer = { type: "Nmt2" })) },
    /the normalizer "Nmt2" is not supported yet/,
  ],
  [
    "an unknown step in a sequence",
    {
      "tokenizer.json": changed(
        (json) => (json.normalizer = { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "x" }] }),
      ),
    },
    /normalizer, normalizers\[1\]: the normalizer "x"/,
  ],
  [
    "an unknown decoder",
    { "tokenizer.json": changed((json) => (json.decoder.type = "CTC")) },
    /the decoder "CTC"/,
  ],
  [
    "an unknown post-processor",
    { "tokenizer.json": changed((json) => (json.post_processor.type = "X")) },
    /the post-processor "X"/,
  ],
  [
    "a special token with another's id",
    { "tokenizer.json": changed((json) => (json.post_processor.cls = ["[CLS]", 3])) },
    /its id 2 for "\[CLS\]", got 3/,
  ],
  [
    "a special token of no vocabulary",
    { "tokenizer.json": changed((json) => (json.post_processor.sep = ["</s>", 3])) },
    /a token of the vocabulary for "<\/s>"/,
  ],
  [
    "a template without special tokens",
    {
      "tokenizer.json": changed((json) => {
        const piece = { SpecialToken: { id: "toString", type_id: 0 } };
        json.post_processor = { type: "TemplateProcessing", single: [piece], pair: [], special_tokens: {} };
      }),
    },
    /"toString" among the special_tokens/,
  ],
  [
    "added tokens that are no list",
    { "tokenizer.json": changed((json) => (json.added_tokens = {})) },
    /"added_tokens" to be a list/,
  ],
  [
    "an added token with a taken id",
    { "tokenizer.json": changed((json) => json.added_tokens.push({ id: 5, content: "new" })) },
    /every id once, got 5 for "a" and "new"/,
  ],
  [
    "an added token under two ids",
    { "tokenizer.json": changed((json) => json.added_tokens.push({ id: 9, content: "a" })) },
    /"a" to have its id 5, got 9/,
  ],
  [
    "an added token behind a gap",
    { "tokenizer.json": changed((json) => json.added_tokens.push({ id: 99, content: "new" })) },
    /none for 9 but 99 for "new"/,
  ],
  [
    "an added token without content",
    { "tokenizer.json": changed((json) => json.added_tokens.push({ id: 9, content: "" })) },
    /added_tokens\[5\]: expected "content" of 1/,
  ],
  [
    "an enormous added token",
    { "tokenizer.json": changed((json) => json.added_tokens.push({ id: 9, content: "a".repeat(1e6) })) },
    /got 1000000/,
  ],
  [
    "a vocab.txt with a token twice",
    { "vocab.txt": `${lines}a\n` },
    /^dir\/vocab.txt, line 10: expected every token once, got "a" as on line 6/,
  ],
  ["a vocab.txt without [CLS]", { "vocab.txt": "[UNK]\n[SEP]\n" }, /special token "\[CLS\]"/],
  ["an empty vocab.txt", { "vocab.txt": "" }, /vocab.txt: expected the unknown token/],
  [
    "another class's vocab.txt",
    { "vocab.txt": lines, "tokenizer_config.json": '{"tokenizer_class":"RoFormerTokenizer"}' },
    /"RoFormerTokenizer" is not supported yet/,
  ],
  [
    "Japanese words",
    { "vocab.txt": lines, "tokenizer_config.json": '{"word_tokenizer_type":"mecab"}' },
    /the dictionary "unidic_lite" is not supported/,
  ],
  [
    "a wrong setting",
    { "vocab.txt": lines, "tokenizer_config.json": '{"do_lower_case":"yes"}' },
    /tokenizer_config.json: expected "do_lower_case"/,
  ],
  [
    "a wrong length",
    { "vocab.txt": lines, "tokenizer_config.json": '{"model_max_length":-5}' },
    /"model_max_length"/,
  ],
  [
    "a special token that is no token",
    { "vocab.txt": lines, "tokenizer_config.json": '{"mask_token":5}' },
    /"mask_token" to be a token, got number 5/,
  ],
  [
    "words never split but not known",
    { "vocab.txt": lines, "tokenizer_config.json": '{"never_split":["zz"]}' },
    /"never_split"/,
  ],
  [
    "an added token's id that is no id",
    { "vocab.txt": lines, "added_tokens.json": '{"x":"9"}' },
    /added_tokens.json: expected "x" to be an id/,
  ],
  [
    "a key that is no id",
    { "vocab.txt": lines, "tokenizer_config.json": '{"added_tokens_decoder":{"x":{"content":"y"}}}' },
    /ids as keys, got "x"/,
  ],
];

describe("bad tokenizer files", () => {
  for (const [name, files, message] of bad) {
    test(name, () => {
      assert.throws(
        () => read(files),
        (error) => error instanceof FileError && message.test(error.message),
        "expected a FileError that names the place",
      );
    });
  }

  test("names of JavaScript's own are tokens like any others", () => {
    const tokens = [...vocabulary, "constructor", "__proto__", "toString"];
    const files = wordPieceTokenizer(tokens, { special: { mask: "toString" } }).toFiles();
    const tokenizer = readTokenizer(files, "dir");
    assert.deepEqual([...tokenizer.encode("constructor").ids], [2, 9, 3]);
    assert.equal(tokenizer.tokenToId("__proto__"), 10);
    assert.equal(tokenizer.tokenToId("hasOwnProperty"), undefined);
  });
});
