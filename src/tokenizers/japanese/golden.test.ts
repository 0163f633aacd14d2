import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs, sharedJson, sharedPath } from "../../../test/shared.js";
import { readTokenizer, type Tokenizer } from "../index.js";
import { loadJapaneseDictionary } from "./files-dictionary.js";

const goldens = "golden/japanese";

describe("MeCab with IPADIC", () => {
  const golden = `${goldens}/mecab-ipadic.json`;

  test("words and all columns, as the package ipadic gives them", needs(golden), async () => {
    const analyzer = (await loadJapaneseDictionary()).analyzer("python");
    const { cases } = sharedJson(golden);
    assert.equal(cases.length, 500);
    for (const { text, tokens } of cases) {
      const words = analyzer.analyze(text).map((word) => [word.surface, ...word.features]);
      assert.deepEqual(words, tokens, text);
    }
  });

  // Debian's build differs from the golden in the part of speech of unknown symbols, and in nothing else.
  test("as Debian's mecab-ipadic-utf8 gives them", needs(golden), async () => {
    const analyzer = (await loadJapaneseDictionary()).analyzer("debian");
    let symbolCount = 0;
    for (const { text, tokens } of sharedJson(golden).cases) {
      const words = analyzer.analyze(text).map((word) => [word.surface, ...word.features]);
      const expected = tokens.map((token: string[], i: number) => {
        const isUnknownSymbol = token.length === 8 && token[1] === "記号" && words[i]?.[2] === "サ変接続";
        if (!isUnknownSymbol) return token;
        symbolCount++;
        return [token[0], "名詞", "サ変接続", "*", "*", "*", "*", "*"];
      });
      assert.deepEqual(words, expected, text);
    }
    assert.equal(symbolCount, 24);
  });
});

describe("BertJapaneseTokenizer", () => {
  const folder = `${goldens}/bert-japanese`;

  async function load(options: object): Promise<Tokenizer> {
    const config = { tokenizer_class: "BertJapaneseTokenizer", ...options };
    const files = new Map([
      ["vocab.txt", readFileSync(sharedPath(`${folder}/vocab.txt`), "utf8")],
      ["tokenizer_config.json", JSON.stringify(config)],
    ]);
    return readTokenizer(files, folder, await loadJapaneseDictionary());
  }

  for (const name of ["mecab-wordpiece", "mecab-lower-wordpiece", "mecab-character", "basic-wordpiece"]) {
    test(name, needs(folder), async () => {
      const { options, cases } = sharedJson(`${folder}/${name}.json`);
      const tokenizer = await load(options);
      assert.equal(cases.length, 270);
      for (const { text, tokens, ids, input_ids } of cases) {
        const where = JSON.stringify(text);
        const bare = tokenizer.encode(text, { specialTokens: false });
        assert.deepEqual([...bare.ids], ids, where);
        assert.deepEqual(bare.tokens, tokens, where);
        assert.deepEqual([...tokenizer.encode(text).ids], input_ids, where);
      }
    });
  }

  test("unidic_lite is refused, not read with another dictionary", needs(folder), async () => {
    const { options } = sharedJson(`${folder}/unidic_lite-wordpiece.json`);
    await assert.rejects(load(options), { name: "FileError", message: /"unidic_lite" is not supported/ });
  });
});
