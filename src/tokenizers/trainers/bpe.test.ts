import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs, sharedJson, sharedPath } from "../../../test/shared.js";
import { byteAlphabet } from "../byte-alphabet.js";
import { bpe } from "../models/bpe.js";
import { readNormalizer } from "../normalizers/index.js";
import { readPreTokenizer } from "../pre-tokenizers/index.js";
import { whitespaceSplit } from "../pre-tokenizers/whitespace-split.js";
import { readTokenizer } from "../read-tokenizer.js";
import { type TrainBpeOptions, type TrainedBpe, trainBpe } from "./bpe.js";
import { countWords } from "./count-words.js";
import { trainers, trainTokenizer, type WordCounts } from "./index.js";

const goldens = "golden/tokenizers";
const corpus = `${goldens}/corpus.txt`;

function corpusLines(): string[] {
  return readFileSync(sharedPath(corpus), "utf8").trimEnd().split("\n");
}

function counts(table: Readonly<Record<string, number>>): WordCounts {
  const entries = Object.entries(table);
  return {
    size: entries.length,
    forEach: (visit) => {
      for (const [word, count] of entries) visit(word, count);
    },
  };
}

/** The tokens of a word under what was learnt. */
function tokens({ vocabulary, merges }: TrainedBpe, options: TrainBpeOptions, word: string): string[] {
  const { continuingPrefix, endOfWordSuffix } = options;
  const found: string[] = [];
  const model = bpe(vocabulary, merges, { continuingPrefix, endOfWordSuffix }, "learnt");
  model.tokenize(word, 0, word.length, { push: (id) => found.push(vocabulary[id]!) });
  return found;
}

describe("learning BPE", () => {
  test("byte-level: the merges of the tokenizers library", needs(corpus), async () => {
    const golden = sharedJson(`${goldens}/trained-bytelevel-bpe/tokenizer.json`).model;
    const json = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
    const preTokenizer = readPreTokenizer(json, "file");
    const words = await countWords(corpusLines(), { preTokenizer, normalizer: undefined });
    const { vocabulary, merges } = trainBpe(words, {
      vocabularySize: 4000,
      specialTokens: ["<|endoftext|>"],
      initialAlphabet: byteAlphabet(),
    });
    assert.deepEqual(merges, golden.merges);
    assert.deepEqual(Object.fromEntries(vocabulary.map((token, id) => [token, id])), golden.vocab);
  });

  test("characters: the vocabulary of the tokenizers library", needs(corpus), async () => {
    const golden = sharedJson(`${goldens}/trained-bpe/tokenizer.json`);
    const words = await countWords(corpusLines(), {
      normalizer: readNormalizer(golden.normalizer, "file"),
      preTokenizer: readPreTokenizer(golden.pre_tokenizer, "file"),
    });
    const { vocabulary, merges } = trainBpe(words, {
      vocabularySize: 4000,
      minFrequency: 2,
      specialTokens: ["[UNK]", "[PAD]"],
      endOfWordSuffix: "</w>",
    });
    assert.deepEqual([...vocabulary].sort(), Object.keys(golden.model.vocab).sort());
    assert.equal(merges.length, golden.model.merges.length);
    // ids and the order of ties differ from run to run of the library: compare tokens
    const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
    const json = JSON.stringify({ ...golden, model: { ...golden.model, vocab, merges } });
    const tokenizer = readTokenizer(new Map([["tokenizer.json", json]]), "learnt");
    for (const row of sharedJson(`${goldens}/trained-bpe/encodings.json`).cases) {
      assert.deepEqual(tokenizer.encode(row.text).tokens, row.tokens, JSON.stringify(row.text));
    }
  });

  test("the textbook example", needs(`${goldens}/bpe-example.json`), () => {
    const golden = sharedJson(`${goldens}/bpe-example.json`);
    // its end of a word is a symbol of its own, and of equal pairs the one seen first is merged
    const end = "\u{10ffff}";
    const words = Object.fromEntries(
      Object.entries(golden.words as Record<string, number>).map(([word, count]) => [word + end, count]),
    );
    const learnt = trainBpe(counts(words), { vocabularySize: 11 + golden.merges.length });
    assert.equal(learnt.merges.length, golden.merges.length);
    const spell = (word: string): string =>
      tokens(learnt, {}, word + end)
        .join(" ")
        .replaceAll(end, "</w>");
    const last = golden.merges.at(-1);
    assert.deepEqual(Object.keys(golden.words).map(spell), last.words);
    // the counts of the merges are the same, in whatever order equals come
    const countOf = (part: string): number =>
      Object.entries(words).reduce((sum, [word, count]) => sum + (word.includes(part) ? count : 0), 0);
    const goldenCounts = golden.merges.map((merge: { count: number }) => merge.count);
    assert.deepEqual(
      learnt.merges.map(([left, right]) => countOf(left + right)),
      goldenCounts,
    );
  });

  test("of equal pairs that of the older tokens is merged, whatever the order of the words", () => {
    const forwards = trainBpe(counts({ ab: 3, cd: 3, ef: 4 }), { vocabularySize: 9 });
    assert.deepEqual(forwards.merges, [
      ["e", "f"],
      ["a", "b"],
      ["c", "d"],
    ]);
    assert.deepEqual(trainBpe(counts({ ef: 4, cd: 3, ab: 3 }), { vocabularySize: 9 }), forwards);
  });

  test("overlapping pairs", () => {
    const { merges } = trainBpe(counts({ aaaa: 2, aaa: 1 }), { vocabularySize: 4 });
    assert.deepEqual(merges, [
      ["a", "a"],
      ["aa", "aa"],
      ["aa", "a"],
    ]);
  });

  test("marks of continuation and of the end", () => {
    const options = { continuingPrefix: "##", endOfWordSuffix: "</w>", vocabularySize: 100 };
    const learnt = trainBpe(counts({ abc: 5, ab: 2 }), options);
    assert.ok(learnt.vocabulary.includes("##c</w>"));
    assert.ok(!learnt.vocabulary.includes("c</w>"));
    assert.deepEqual(tokens(learnt, options, "abc"), ["abc</w>"]);
    assert.deepEqual(tokens(learnt, options, "ab"), ["ab</w>"]);
  });

  test("least frequency, longest token, limits of the alphabet", () => {
    const words = counts({ abcd: 10, xy: 1 });
    assert.deepEqual(
      trainBpe(words, { vocabularySize: 100, minFrequency: 2 }).merges.map((merge) => merge.join("")),
      ["ab", "cd", "abcd"],
    );
    const short = trainBpe(words, { vocabularySize: 100, minFrequency: 2, maxTokenLength: 4 });
    assert.deepEqual(
      short.merges.map((merge) => merge.join("")),
      ["ab", "cd"],
    );
    const limited = trainBpe(words, { vocabularySize: 100, alphabetLimit: 4, initialAlphabet: ["z"] });
    assert.deepEqual(limited.vocabulary.slice(0, 4), ["a", "b", "c", "z"]);
    assert.throws(() => trainBpe(words, { vocabularySize: 3 }), {
      name: "OptionError",
      message: /at least 6/,
    });
  });

  test(
    "many words in little memory give what they give in much, tokens of limited length too",
    needs(corpus),
    async () => {
      const words = await countWords(corpusLines(), { preTokenizer: whitespaceSplit() });
      for (const maxTokenLength of [undefined, 3]) {
        const options = { vocabularySize: 3000, maxTokenLength };
        const expected = trainBpe(words, options);
        for (const memoryLimit of [5000, 50_000])
          assert.deepEqual(trainBpe(words, { ...options, memoryLimit }), expected);
      }
    },
  );

  test("counts beyond 32 bits", () => {
    const { merges } = trainBpe(counts({ ab: 2 ** 40, cd: 2 ** 40 + 1 }), { vocabularySize: 6 });
    assert.deepEqual(merges, [
      ["c", "d"],
      ["a", "b"],
    ]);
  });

  test("from texts to a tokenizer that gives every text back", async () => {
    const texts = ["a rose is a rose", "薔薇は薔薇 🌹"];
    const tokenizer = await trainTokenizer(trainers["byte-level-bpe"]!, texts, { vocabularySize: 280 });
    for (const text of [...texts, "unseen: ñ\u0000\ufffd"]) {
      assert.equal(tokenizer.decode(tokenizer.encode(text).ids), text);
    }
    const plain = await trainTokenizer(trainers["bpe"]!, texts, { vocabularySize: 40 });
    assert.equal(plain.decode(plain.encode("a rose").ids, { skipSpecialTokens: true }), "a rose");
  });
});
