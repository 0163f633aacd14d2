import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { JapaneseAnalyzer } from "./analyzer.js";
import { loadJapaneseDictionary } from "./files-dictionary.js";

// What is expected here is what the program mecab prints with mecab-ipadic-utf8.

const analyzer: JapaneseAnalyzer = (await loadJapaneseDictionary()).analyzer();
const surfaces = (text: string): string[] => analyzer.analyze(text).map((word) => word.surface);

describe("analyze", () => {
  test("says what a word is", () => {
    const [word] = analyzer.analyze("食べました");
    assert.deepEqual(word?.toJSON(), {
      surface: "食べ",
      start: 0,
      end: 2,
      partOfSpeech: ["動詞", "自立"],
      conjugationType: "一段",
      conjugationForm: "連用形",
      baseForm: "食べる",
      reading: "タベ",
      pronunciation: "タベ",
      known: true,
      features: ["動詞", "自立", "*", "*", "一段", "連用形", "食べる", "タベ", "タベ"],
    });
  });

  test("white space belongs to no word and parts none of their connections", () => {
    const words = analyzer.analyze(" list が \n");
    assert.deepEqual(
      words.map(({ surface, start, end, partOfSpeech }) => [surface, start, end, partOfSpeech[0]]),
      [
        ["list", 1, 5, "名詞"],
        ["が", 6, 7, "助詞"],
      ],
    );
    assert.deepEqual(surfaces("a\tb\r\u000bc"), ["a", "b", "\r", "c"]);
    assert.deepEqual(surfaces(" \n"), []);
    assert.deepEqual(surfaces(""), []);
  });

  test("the ideographic space is a word", () => {
    assert.deepEqual(surfaces("これ は\u3000本"), ["これ", "は", "\u3000", "本"]);
  });

  test("unknown words have no base form, reading and pronunciation", () => {
    const [word] = analyzer.analyze("コレクターズ");
    assert.equal(word?.known, false);
    assert.deepEqual(word?.features, ["名詞", "固有名詞", "組織", "*", "*", "*", "*"]);
    assert.deepEqual([word?.baseForm, word?.reading, word?.pronunciation], [undefined, undefined, undefined]);
  });

  test("a run of one kind is a word of at most 25 characters", () => {
    assert.deepEqual(surfaces("x".repeat(25)), ["x".repeat(25)]);
    assert.deepEqual(surfaces("x".repeat(26)), ["x", "x".repeat(25)]);
    assert.deepEqual(surfaces("スーパーカリフラジリスティックエクスピアリドーシャスという"), [
      "スーパー",
      "カリフラジリスティックエクスピアリドーシャス",
      "という",
    ]);
  });

  test("characters that char.def does not list are no white space", () => {
    const words = analyzer.analyze("สวัสดี👍");
    assert.deepEqual(
      words.map(({ surface, start, end, features }) => [surface, start, end, features.join()]),
      [["สวัสดี👍", 0, 8, "記号,一般,*,*,*,*,*"]],
    );
  });

  test("half of a surrogate pair and a zero byte are survived", () => {
    assert.deepEqual(surfaces("\ud83d本\udc4d\0本"), ["\ud83d", "本", "\udc4d\0", "本"]);
  });

  test("Debian's build knows 令和, Python's does not", async () => {
    assert.deepEqual(surfaces("令和元年"), ["令和", "元年"]);
    const python = (await loadJapaneseDictionary()).analyzer("python");
    assert.deepEqual(
      python.analyze("令和元年").map((word) => word.surface),
      ["令", "和", "元年"],
    );
  });

  test("words cover any text but its white space", () => {
    const texts = fc.string({ unit: fc.oneof(fc.constantFrom(..."一あア漢ー。 \n\u3000x1ｶﾞ"), fc.string()) });
    fc.assert(
      fc.property(texts, (text) => {
        let at = 0;
        for (const { surface, start, end } of analyzer.analyze(text)) {
          assert.match(text.slice(at, start), /^[\t\n\v \u00d0]*$/);
          assert.ok(end > start);
          assert.equal(surface, text.slice(start, end));
          at = end;
        }
        assert.match(text.slice(at), /^[\t\n\v \u00d0]*$/);
      }),
    );
  });
});

describe("addBounds", () => {
  test("finds the same words in a part of a text", () => {
    const bounds: number[] = [];
    analyzer.addBounds("xx今日は晴れ本", 2, 7, bounds);
    assert.deepEqual(bounds, [2, 4, 4, 5, 5, 7]);
  });
});
