import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { splitSentences } from "./sentences.js";

/** Texts with a bar where a sentence ends. */
const japanese = [
  "今日は晴れです。|明日は雨です。",
  "行くのか？|行くとも！|よし。",
  "本当！？|まさか。",
  "「行く。」|「待て。」",
  "「行く。」と彼は言った。|彼は去った。",
  "「行こう。早く行こう。」と言った。|彼は走った。",
  "（これは注である。読まなくてよい。）|本文に戻る。",
  "彼は（名を知らない。）と書いた。",
  "そうか……。|分かった。",
  "『坊っちゃん』を読んだ。|面白い。",
  "行くのか？と聞いた。",
  "円周率は３．１４です。|覚えよう。",
  "値は3.14です。|次へ。",
  "すごい!|次は負けない。",
  "見出し\n|本文です。",
  "括弧が「閉じない。|次の文。",
  "Node.jsで書く。|TypeScriptも使う。",
  "半角の句点です｡|次です。",
  "それは「猫」だ。|犬ではない。",
  "吾輩は猫である。 |名前はまだ無い。",
];

const english = [
  "It rains. |We stay.",
  "Dr. Smith met Mr. J. K. Rowling. |They spoke.",
  "He paid 3.14 dollars. |It was cheap.",
  "She lives in the U.S. |She likes it.",
  "The U.S. Army came.",
  "Apples, pears, etc. are fruit.",
  "He sells apples, pears, etc. |The shop is small.",
  '"Why?" he asked. |Nobody knew.',
  '"Go!" |She went.',
  "“I see.” |He left.",
  "(He was late.) |She was not.",
  "See Fig. 3 and pp. 12. |Then go on.",
  "Is it No. 5? |Yes.",
  "No. |It is not.",
  "Wait... what? |Nothing.",
  "1. Introduction",
  "At 5 p.m. we met. |At 6 p.m. they left.",
  "Use e.g. Python. |Or not.",
  "Acme Inc. said so. |It was true.",
  "Harry S. Truman won. |He smiled.",
  "Visit example.com today. |It is free.",
  "Really?! |Yes!",
  "Smith et al. (2019) did it. |We agree.",
  "A heading\n|The text begins here. |It goes on with a very long line that shows how wide the text may be.",
];

const marked = (text: string): string[] => {
  const parts = text.split("|");
  // the white space between two sentences stands before the second
  for (let i = 0; i + 1 < parts.length; i++) {
    const space = /\s*$/.exec(parts[i]!)![0];
    parts[i] = parts[i]!.slice(0, parts[i]!.length - space.length);
    parts[i + 1] = space + parts[i + 1]!;
  }
  return parts;
};

describe("splitSentences", () => {
  for (const text of [...japanese, ...english])
    test(JSON.stringify(text), () => {
      assert.deepEqual(splitSentences(text.replaceAll("|", "")), marked(text));
    });

  test("a wrapped text has sentences over line ends", () => {
    const text = [
      "It is a truth universally acknowledged, that a single man in",
      "possession of a good fortune must be in want of a wife. However",
      "little known the feelings of such a man may be, this truth is",
      "fixed.",
    ].join("\n");
    assert.deepEqual(
      splitSentences(text).map((sentence) => sentence.trim().replaceAll("\n", " ").slice(-12)),
      ["t of a wife.", "th is fixed."],
    );
  });

  test("a wrapped Japanese text too", () => {
    const text =
      "吾輩は猫である。名前はまだ無い。どこで生れたか頓\nと見当がつかぬ。何でも薄暗いじめじめした所でニ\nャーニャー泣いて居た事だけは記憶して居る。";
    assert.equal(splitSentences(text).length, 4);
  });

  test("each line of a list is a sentence", () => {
    assert.equal(splitSentences("りんご\nみかん\nバナナとパイナップルの盛り合わせ\nぶどう").length, 4);
  });

  test("a text without words has no sentence", () => {
    assert.deepEqual(splitSentences(""), []);
    assert.deepEqual(splitSentences(" \n "), []);
  });

  test("the sentences of any text are the text, and none is blank", () => {
    const piece = fc.constantFrom(
      ..."。！？」「（）.!?\"' \nABcd12、あ漢",
      "Mr.",
      "U.S.",
      "e.g.",
      "\ud83c\udf31",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        const sentences = splitSentences(text);
        assert.equal(sentences.join(""), text.trim() === "" ? "" : text);
        assert.ok(sentences.every((sentence) => sentence.trim() !== ""));
      }),
    );
  });
});
