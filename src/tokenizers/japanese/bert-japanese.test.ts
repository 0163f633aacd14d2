import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needsJapaneseDictionary, readTokenizer, type Tokenizer } from "../index.js";
import { loadJapaneseDictionary } from "./files-dictionary.js";

const dictionary = await loadJapaneseDictionary();
const mecab = { word_tokenizer_type: "mecab", mecab_kwargs: { mecab_dic: "ipadic" } };
const vocabulary = [
  ...["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "今日", "は", "晴れ", "##です", "です", "食べ", "##る"],
  ...["ガ", "##ス", "a", "##bc", "ABC", "晴", "れ", "ς", "##ς", "σ"],
];

function filesOf(config: object, more: Record<string, string> = {}): Map<string, string> {
  return new Map([
    ["vocab.txt", `${vocabulary.join("\n")}\n`],
    ["tokenizer_config.json", JSON.stringify({ tokenizer_class: "BertJapaneseTokenizer", ...config })],
    ...Object.entries(more),
  ]);
}

function read(config: object, more: Record<string, string> = {}): Tokenizer {
  return readTokenizer(filesOf(config, more), "ja", dictionary);
}

function spans(tokenizer: Tokenizer, text: string): [token: string, text: string, word: number][] {
  const { tokens, starts, ends, wordIds } = tokenizer.encode(text, { specialTokens: false });
  return tokens.map((token, i) => [token, text.slice(starts[i], ends[i]), wordIds[i]!]);
}

describe("BertJapaneseTokenizer with MeCab", () => {
  test("spans point into the raw text, words are those of MeCab", () => {
    assert.deepEqual(spans(read(mecab), "今日 は、ｶﾞｽです"), [
      ["今日", "今日", 0],
      ["は", "は", 1],
      ["[UNK]", "、", 2],
      ["ガ", "ｶﾞ", 3],
      ["##ス", "ｽ", 3],
      ["です", "です", 4],
    ]);
  });

  test("special tokens stand in the text as they are", () => {
    assert.deepEqual(spans(read(mecab), "今日は[MASK]です"), [
      ["今日", "今日", 0],
      ["は", "は", 1],
      ["[MASK]", "[MASK]", 2],
      ["です", "です", 3],
    ]);
  });

  test("characters keep the words they belong to", () => {
    const tokenizer = read({ ...mecab, subword_tokenizer_type: "character" });
    assert.deepEqual(spans(tokenizer, "晴れは"), [
      ["晴", "晴", 0],
      ["れ", "れ", 0],
      ["は", "は", 1],
    ]);
  });

  test("lower case follows the words and spares those of never_split", () => {
    assert.deepEqual(spans(read({ ...mecab, do_lower_case: true }), "ABC"), [
      ["a", "A", 0],
      ["##bc", "BC", 0],
    ]);
    const sparing = read({ ...mecab, do_lower_case: true, never_split: ["ABC"] });
    assert.deepEqual(spans(sparing, "ABC"), [["ABC", "ABC", 0]]);
  });

  test("without normalize_text the text is read as it stands", () => {
    const tokenizer = read({ ...mecab, mecab_kwargs: { mecab_dic: "ipadic", normalize_text: false } });
    assert.deepEqual(spans(tokenizer, "ｶﾞ"), [["[UNK]", "ｶﾞ", 0]]);
  });

  test("given words are cut further and counted as given", () => {
    const { tokens, wordIds } = read(mecab).encodeWords(["今日は", "晴れ"]);
    assert.deepEqual(tokens, ["[CLS]", "今日", "は", "晴れ", "[SEP]"]);
    assert.deepEqual([...wordIds], [-1, 0, 0, 1, -1]);
  });

  test("decodes as Python does", () => {
    const tokenizer = read(mecab);
    const { ids } = tokenizer.encode("今日はガスです");
    assert.equal(tokenizer.decode(ids, { skipSpecialTokens: true }), "今日 は ガス です");
  });

  test("its files give the same tokenizer, and are Python's", () => {
    const tokenizer = read({ ...mecab, do_lower_case: true, model_max_length: 512 });
    const files = tokenizer.toFiles();
    assert.deepEqual([...files.keys()].sort(), [
      "japanese_dictionary.json",
      "special_tokens_map.json",
      "tokenizer_config.json",
      "vocab.txt",
    ]);
    const config = JSON.parse(String(files.get("tokenizer_config.json")));
    assert.deepEqual(
      [config.tokenizer_class, config.word_tokenizer_type, config.mecab_kwargs, config.do_lower_case],
      ["BertJapaneseTokenizer", "mecab", { mecab_dic: "ipadic" }, true],
    );
    const again = readTokenizer(files, "ja", dictionary);
    assert.deepEqual(again.toFiles(), files);
    assert.deepEqual(spans(again, "今日はABC"), spans(tokenizer, "今日はABC"));
    assert.equal(again.modelMaxLength, 512);
  });
});

describe("the record of the dictionary", () => {
  const name = "japanese_dictionary.json";
  const record = String(read(mecab).toFiles().get(name));

  test("chooses the edition", () => {
    const fingerprint = dictionary.fingerprint("debian");
    const debian = JSON.stringify({ ...JSON.parse(record), edition: "debian", fingerprint });
    assert.equal(spans(read(mecab), "令和").length, 2);
    assert.equal(spans(read(mecab, { [name]: debian }), "令和").length, 1);
  });

  test("of another dictionary is refused", () => {
    const other = JSON.stringify({ ...JSON.parse(record), fingerprint: "0123456789abcdef" });
    assert.throws(() => read(mecab, { [name]: other }), {
      name: "FileError",
      message: /^ja\/japanese_dictionary.json: expected the dictionary ipadic.* got .*0123456789abcdef/,
    });
  });
});

describe("BertJapaneseTokenizer with BERT's words", () => {
  test("needs no dictionary and leaves ideographs together", () => {
    const tokenizer = readTokenizer(filesOf({}), "ja");
    assert.deepEqual(spans(tokenizer, "晴れです!"), [
      ["晴れ", "晴れ", 0],
      ["##です", "です", 0],
      ["[UNK]", "!", 1],
    ]);
    assert.ok(!tokenizer.toFiles().has("japanese_dictionary.json"));
  });

  test("keeps case unless it is told otherwise, and then ends words in ς", () => {
    assert.deepEqual(spans(readTokenizer(filesOf({}), "ja"), "ABC"), [["ABC", "ABC", 0]]);
    const lower = readTokenizer(filesOf({ do_lower_case: true }), "ja");
    assert.deepEqual(spans(lower, "Σ ΣΣ"), [
      ["σ", "Σ", 0],
      ["σ", "Σ", 1],
      ["##ς", "Σ", 1],
    ]);
  });
});

describe("readBertJapaneseConfig", () => {
  for (const [config, message] of [
    [{ word_tokenizer_type: "sudachi" }, /"word_tokenizer_type" to be one of mecab, basic/],
    [{ subword_tokenizer_type: "bytes" }, /"subword_tokenizer_type" to be one of/],
    [{ word_tokenizer_type: "mecab" }, /the dictionary "unidic_lite" is not supported/],
    [
      { ...mecab, mecab_kwargs: { mecab_dic: "ipadic", mecab_option: "-u my.dic" } },
      /"mecab_option" to be empty/,
    ],
    [{ ...mecab, do_subword_tokenize: false }, /"do_subword_tokenize": false is not supported/],
    [{ ...mecab, never_split: [1] }, /"never_split" to be a list of words/],
  ] as const) {
    test(`refuses ${JSON.stringify(config)}`, () => {
      assert.throws(() => read(config), { name: "FileError", message });
    });
  }

  test("says which tokenizers need a dictionary", () => {
    assert.equal(needsJapaneseDictionary(filesOf(mecab), "ja"), true);
    assert.equal(needsJapaneseDictionary(filesOf({}), "ja"), false);
    const unnamed = { ...mecab, tokenizer_class: null };
    assert.equal(needsJapaneseDictionary(filesOf(unnamed), "ja"), true);
    assert.equal(spans(read(unnamed), "今日は").length, 2);
    assert.equal(
      needsJapaneseDictionary(filesOf({ ...mecab, tokenizer_class: "BertTokenizer" }), "ja"),
      false,
    );
    assert.throws(() => readTokenizer(filesOf(mecab), "ja"), {
      name: "FileError",
      message: /expected a Japanese dictionary/,
    });
  });
});
