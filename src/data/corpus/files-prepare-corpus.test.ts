import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { Random } from "../../base/index.js";
import { readTokenizer, type Tokenizer, wordPieceTokenizer } from "../../tokenizers/index.js";
import { corpusOf } from "./corpus-of.js";
import { type PrepareCorpusOptions, prepareCorpus } from "./files-prepare-corpus.js";
import { openCorpus } from "./files-stored-corpus.js";
import { splitSentences } from "./sentences.js";
import { documentBegins, sentenceBegins, wordBegins } from "./token-corpus.js";

const folder = mkdtempSync(join(tmpdir(), "tsugiki-corpus-"));
after(() => rmSync(folder, { recursive: true }));

const words = ["graft", "plant", "tree", "grow", "leaf", "root"];
const tokenizer = wordPieceTokenizer(["[UNK]", "[CLS]", "[SEP]", ".", "##s", "。", "木", "接", ...words]);

let directoryCount = 0;
const newDirectory = (): string => join(folder, `corpus-${directoryCount++}`);

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function prepare(content: string, options: Partial<PrepareCorpusOptions> = {}) {
  const files = [file("texts.txt", content)];
  return prepareCorpus({ files, tokenizer, directory: newDirectory(), threads: 1, ...options });
}

/** Sentences, some of them again and again. */
function manyDocuments(count: number): string[] {
  const random = new Random(1);
  return Array.from({ length: count }, (_, i) => {
    if (i % 10 === 9) return "graft trees.";
    const sentences = Array.from(
      { length: 1 + random.integer(20) },
      () => `${Array.from({ length: 2 + random.integer(15) }, () => words[random.integer(6)]).join(" ")}.`,
    );
    return sentences.join(" ");
  });
}

describe("prepareCorpus", () => {
  test("writes the tokens of the documents, and tells what there is", async () => {
    const { corpus, isReused } = await prepare(
      "Graft trees. Grow!\n\n接木。木\n\nGraft  trees. Grow!\n\n[SEP]\n",
    );
    assert.equal(isReused, false);
    const { ids, begins } = corpus.read(0, 100);
    const tokens = Array.from(ids, (id) => tokenizer.idToToken(id));
    assert.deepEqual(tokens, ["graft", "tree", "##s", ".", "grow", "[UNK]", "接", "木", "。", "木", "[SEP]"]);
    const [w, s, d] = [wordBegins, sentenceBegins, documentBegins];
    assert.deepEqual([...begins], [w | s | d, w, 0, w, w | s, w, w | s | d, w, w, w | s, w | s | d]);
    assert.deepEqual([0, 1, 2, 3].map(corpus.documentStart), [0, 6, 10, 11]);
    const { files, removed, lengths, ...report } = structuredClone(corpus.report);
    assert.deepEqual(report, {
      documentCount: 3,
      sentenceCount: 5,
      tokenCount: 11,
      characterCount: 27,
      byteCount: 35,
      unknownCount: 1,
      specialCount: 1,
      cutDocuments: { count: 0, examples: [] },
      cutSentenceCount: 0,
    });
    assert.deepEqual(lengths, { median: 4, most: 6, longest: 6 });
    assert.deepEqual(removed, [
      { step: "duplicate", count: 1, examples: [`${join(folder, "texts.txt")}, line 5`], missedCount: 0 },
    ]);
    assert.equal(files[0]!.documentCount, 4);
    assert.deepEqual(
      [0, 5, 6, 9, 10].map((start) => corpus.read(start, 1).document),
      [0, 0, 1, 1, 2],
    );
    corpus.close();
  });

  test("a stretch anywhere is the sentences' encodings, one after the other", async () => {
    const letters = fc.constantFrom(...words, ".", "? ", " ", "。", "木", "x", "[SEP]", "\n");
    const documents = fc.array(fc.array(letters, { maxLength: 30 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(documents, fc.nat(200), fc.nat(50), async (lists, start, length) => {
        const texts = lists.map((list) => `graft ${list.join("")}`.replaceAll(/\n\s*\n/g, "\n"));
        const expected = texts.flatMap((text) =>
          splitSentences(text.trim()).flatMap((sentence) => [
            ...tokenizer.encode(sentence, { specialTokens: false }).ids,
          ]),
        );
        const { corpus } = await prepare(texts.join("\n\n"), { duplicates: false });
        assert.deepEqual([...corpus.read(start, length).ids], expected.slice(start, start + length));
        const inMemory = corpusOf(texts, tokenizer);
        assert.deepEqual(corpus.read(start, length), inMemory.read(start, length));
        assert.equal(inMemory.documentCount, corpus.documentCount);
        corpus.close();
      }),
      { numRuns: 40 },
    );
  });

  test("the same again is taken as it is; another is not replaced unasked", async () => {
    const directory = newDirectory();
    const first = await prepare("graft trees", { directory });
    const again = await prepare("graft trees", { directory, threads: 2 });
    assert.equal(again.isReused, true);
    assert.deepEqual(again.corpus.report, first.corpus.report);
    await assert.rejects(
      prepare("graft", { directory }),
      /there is a corpus of other texts, or made in another way/,
    );
    await assert.rejects(prepare("graft trees", { directory, duplicates: false }), { name: "OptionError" });
    const other = wordPieceTokenizer(["[UNK]", "[CLS]", "[SEP]", "tree", "graft"]);
    const { corpus, isReused } = await prepare("graft trees", {
      directory,
      tokenizer: other,
      overwrite: true,
    });
    assert.equal(isReused, false);
    assert.notEqual(corpus.digest, first.corpus.digest);
  });

  test("a damaged corpus is told, or made again where it may be overwritten", async () => {
    const directory = newDirectory();
    (await prepare("graft trees", { directory })).corpus.close();
    truncateSync(join(directory, "tokens.bin"), 2);
    await assert.rejects(prepare("graft trees", { directory }), /tokens\.bin: expected 6 bytes/);
    const { corpus } = await prepare("graft trees", { directory, overwrite: true });
    assert.equal(corpus.read(0, 10).ids.length, 3);
    corpus.close();
  });

  test("a file that changes while it is read is told, and nothing is written", async () => {
    const [directory, path] = [newDirectory(), file("growing.txt", "graft\n")];
    const preparing = prepareCorpus(
      { files: [path], tokenizer, directory, threads: 1 },
      { onProgress: () => writeFileSync(path, "graft\n\nmore\n") },
    );
    await assert.rejects(preparing, /growing\.txt: the file was changed while it was read/);
    assert.throws(() => openCorpus(directory), /found none/);
  });

  test("a folder that holds something else is left alone", async () => {
    await assert.rejects(
      prepare("graft", { directory: folder }),
      /expected a prepared corpus or nothing, found /,
    );
  });

  test("what is aborted, or fails, leaves nothing behind", async () => {
    const directory = newDirectory();
    const controller = new AbortController();
    const files = [file("many.txt", manyDocuments(5000).join("\n\n"))];
    const preparing = prepareCorpus(
      { files, tokenizer, directory, threads: 1 },
      { signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) },
    );
    await assert.rejects(preparing, /enough/);
    await assert.rejects(prepare("\n\n", { directory }), /expected texts, found none/);
    assert.ok(readdirSync(folder).every((name) => !name.startsWith(directory.split("/").at(-1)!)));
  });

  test("progress is told, to the end", async () => {
    const files = [file("many.txt", manyDocuments(5000).join("\n\n"))];
    const seen: number[] = [];
    const { corpus } = await prepareCorpus(
      { files, tokenizer, directory: newDirectory(), threads: 1 },
      { onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes) },
    );
    assert.ok(seen.length > 2 && seen.at(-1) === 1);
    corpus.close();
  });

  test("duplicate lines and near duplicates are taken out", async () => {
    const menu = "Home Graft Plant\n";
    const texts = [`${menu}grow a tree`, `${menu}grow a leaf`, `${menu}`];
    const { corpus } = await prepare(texts.join("\n\n"), { duplicateLines: true });
    assert.equal(corpus.documentCount, 2);
    assert.equal(corpus.report.removed[0]!.step, "duplicate-line");
    assert.equal(corpus.report.removed[0]!.count, 2);
    const long = Array.from({ length: 100 }, (_, i) => `tree${i * 7}`).join(" ");
    const near = await prepare(`${long} graft\n\n${long}\n\nplant`, { nearDuplicates: 0.8 });
    assert.equal(near.corpus.documentCount, 2);
    assert.deepEqual(structuredClone(near.corpus.report.removed), [
      {
        step: "near-duplicate",
        count: 1,
        examples: [`${join(folder, "texts.txt")}, line 3`],
        missedCount: 0,
      },
    ]);
  });
});

describe("tokenizers that keep white space", () => {
  /** Byte-level pieces of single bytes. */
  function byteLevel(): Tokenizer {
    const alphabet = [...Array(256).keys()].map((byte) => {
      const isShown = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
      return isShown ? String.fromCharCode(byte) : undefined;
    });
    let next = 256;
    const vocab = Object.fromEntries(
      alphabet.map((shown, byte) => [shown ?? String.fromCharCode(next++), byte]),
    );
    const json = {
      added_tokens: [],
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
      decoder: { type: "ByteLevel" },
      model: { type: "BPE", vocab, merges: [] },
    };
    return readTokenizer(new Map([["tokenizer.json", JSON.stringify(json)]]), "byte-level");
  }

  test("the tokens of a document spell its text", async () => {
    const texts = ["A cat. A dog.\nA  third line! 接ぎ木。「はい。」と言った。", "Next."];
    const spelling = byteLevel();
    const { corpus } = await prepare(texts.join("\n\n"), { tokenizer: spelling });
    assert.equal(spelling.decode(corpus.read(0, corpus.documentStart(1)).ids), texts[0]);
    assert.equal(spelling.decode(corpus.read(corpus.documentStart(1), 100).ids), texts[1]);
  });
});

describe("openCorpus", () => {
  async function damaged(by: (directory: string) => void): Promise<() => void> {
    const { corpus } = await prepare("graft trees. Grow trees.\n\nroot");
    corpus.close();
    by(corpus.directory);
    return () => openCorpus(corpus.directory).read(0, 100);
  }
  const cases: [string, (directory: string) => void, RegExp][] = [
    [
      "a token is missing",
      (d) => truncateSync(join(d, "tokens.bin"), 16),
      /tokens\.bin: expected 18 bytes, as corpus\.json says, got 16/,
    ],
    ["begins are missing", (d) => truncateSync(join(d, "begins.bin"), 3), /begins\.bin: expected 9 bytes/],
    [
      "offsets are missing",
      (d) => truncateSync(join(d, "documents.bin"), 8),
      /documents\.bin: expected 24 bytes/,
    ],
    [
      "offsets are strange",
      (d) => writeFileSync(join(d, "documents.bin"), new Uint8Array(24)),
      /expected the last document to end at token 9/,
    ],
    [
      "ids are strange",
      (d) => writeFileSync(join(d, "tokens.bin"), new Uint8Array(18).fill(255)),
      /expected ids of the vocabulary, got 65535 as token 0/,
    ],
    ["a file is gone", (d) => rmSync(join(d, "begins.bin")), /begins\.bin: cannot be read/],
    ["the record is gone", (d) => rmSync(join(d, "corpus.json")), /expected a prepared corpus, found none/],
    [
      "the record is another",
      (d) => writeFileSync(join(d, "corpus.json"), "{}"),
      /expected the record of a corpus/,
    ],
    ["the record is no JSON", (d) => writeFileSync(join(d, "corpus.json"), "{"), /expected JSON/],
    [
      "the record is of another version",
      (d) => writeFileSync(join(d, "corpus.json"), '{"format": "tsugiki-corpus", "version": 99}'),
      /expected a corpus of version 2, got 99/,
    ],
    [
      "the record lacks counts",
      (d) =>
        writeFileSync(join(d, "corpus.json"), '{"format": "tsugiki-corpus", "version": 2, "digest": "a"}'),
      /the file|expected digest/,
    ],
  ];
  for (const [name, by, message] of cases)
    test(`refused: ${name}`, async () => {
      const open = await damaged(by);
      assert.throws(open, { name: "FileError", message });
    });

  test("a closed corpus says so", async () => {
    const { corpus } = await prepare("graft");
    corpus.close();
    assert.throws(() => corpus.read(0, 1), /closed/);
  });
});
