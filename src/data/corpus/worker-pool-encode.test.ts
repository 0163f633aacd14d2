import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readTokenizer, type Tokenizer, wordPieceTokenizer } from "../../tokenizers/index.js";
import { loadJapaneseDictionary } from "../../tokenizers/japanese/files-dictionary.js";
import { encodeDocuments } from "./encode-documents.js";
import type { RawDocument } from "./raw-document.js";
import { encodeInThreads } from "./worker-pool-encode.js";

const words = [
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "[MASK]",
  "東京",
  "接",
  "##ぎ",
  "##木",
  "。",
  "を",
  "tree",
  ".",
];

/** Batches of one to four documents. */
const batches: RawDocument[][] = Array.from({ length: 60 }, (_, i) =>
  Array.from({ length: 1 + (i % 4) }, (_, k) => ({
    text: "接ぎ木を東京。A tree. ".repeat(1 + ((i * 7 + k) % 30)).trim(),
    place: `batch ${i}, document ${k}`,
  })),
);

async function encodedBy(tokenizer: Tokenizer, threads: number, unitsForThreads: number): Promise<unknown[]> {
  async function* given(): AsyncGenerator<RawDocument[]> {
    yield* batches;
  }
  const options = { tokenizer, threads, withSketches: true, unitsForThreads };
  const encoded: unknown[] = [];
  for await (const [batch, documents] of encodeInThreads(given(), options)) {
    assert.equal(batch, batches[encoded.length]);
    encoded.push(documents);
  }
  return encoded;
}

describe("encodeInThreads", () => {
  const english = wordPieceTokenizer(words);
  const expectedOf = (tokenizer: Tokenizer): unknown[] =>
    batches.map((batch) =>
      encodeDocuments(
        batch.map(({ text }) => text),
        tokenizer,
        true,
      ),
    );

  test("gives the same, in the same order, with any number of threads, from wherever they take over", async () => {
    const expected = expectedOf(english);
    for (const [threads, from] of [
      [1, 0],
      [2, 1],
      [3, 5000],
      [3, 2 ** 21],
    ] as const)
      assert.deepEqual(await encodedBy(english, threads, from), expected);
  });

  test("a tokenizer that cuts Japanese words takes its dictionary along, and words begin where it cuts", async () => {
    const config = '{"word_tokenizer_type": "mecab", "mecab_kwargs": {"mecab_dic": "ipadic"}}';
    const files = new Map([
      ["vocab.txt", words.join("\n")],
      ["tokenizer_config.json", config],
    ]);
    const japanese = readTokenizer(files, "japanese", await loadJapaneseDictionary());
    assert.deepEqual(await encodedBy(japanese, 2, 1), expectedOf(japanese));
    const { ids, begins } = encodeDocuments(["接ぎ木を東京。"], japanese);
    const tokens = Array.from(ids, (id) => japanese.idToToken(id));
    assert.deepEqual(tokens, ["接", "##ぎ", "##木", "を", "東京", "。"]);
    assert.deepEqual([...begins], [7, 0, 0, 1, 1, 1]);
  });

  test("a failure of the batches is that of the encoding, and ends the threads", async () => {
    async function* failing(): AsyncGenerator<RawDocument[]> {
      yield* batches.slice(0, 10);
      throw new Error("the disk is gone");
    }
    const options = { tokenizer: english, threads: 2, withSketches: false, unitsForThreads: 1 };
    await assert.rejects(async () => {
      for await (const _ of encodeInThreads(failing(), options));
    }, /the disk is gone/);
  });
});
