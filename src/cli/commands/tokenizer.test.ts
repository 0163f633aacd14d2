import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { needs, sharedJson, sharedPath } from "../../../test/shared.js";
import { commandHelp } from "../help-text.js";
import { runProgram } from "../run-program.js";
import { colors, textWidth } from "../terminal/index.js";
import { tokenizerCommands } from "./tokenizer.js";

const folder = mkdtempSync(join(tmpdir(), "tsugiki-tokenizer-"));
after(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(words: readonly string[], input = ""): Promise<Outcome> {
  let [stdout, stderr] = ["", ""];
  const code = await runProgram(
    words,
    {
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: (text: string) => (stderr += text) },
      stdin: (async function* () {
        yield Buffer.from(input);
      })(),
      environment: { HF_HUB_OFFLINE: "1" },
      clock: () => 0,
      onInterrupt: () => () => {},
      exit: () => {},
    },
    tokenizerCommands,
  );
  return { code, stdout, stderr };
}

const jsonLines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

const corpus = join(folder, "corpus.txt");
writeFileSync(
  corpus,
  "Grafting joins two plants.\nThe graft grows, the plant grows.\nplants and grafts\n".repeat(5),
);

/** A tokenizer of its own, trained by the command. */
async function trained(name: string, ...words: string[]): Promise<string> {
  const output = join(folder, name);
  const { code, stderr } = await run(["train", "--train-file", corpus, "--output", output, ...words]);
  assert.equal(code, 0, stderr);
  return output;
}

describe("tsugiki tokenizer", () => {
  for (const [name, { summary, load }] of Object.entries(tokenizerCommands)) {
    test(`help of ${name}`, async () => {
      const command = await load();
      assert.deepEqual([command.name, command.summary], [`tokenizer ${name}`, summary]);
      const help = commandHelp(command, 100, colors(false));
      for (const row of command.options) assert.ok(help.includes(row.flag.slice(2)), row.flag);
      for (const line of help.slice(0, help.indexOf("\nExamples\n")).split("\n"))
        assert.ok(textWidth(line) <= 100, line);
      for (const example of command.examples) assert.ok(example.startsWith(`tokenizer ${name}`), example);
    });
  }

  test("train writes a tokenizer, which encode and decode use", async () => {
    const output = await trained(
      "wordpiece",
      "-m",
      "wordpiece",
      "--vocab-size",
      "60",
      "--special-tokens",
      "<a>,<b>",
    );
    const vocabulary = readFileSync(join(output, "vocab.txt"), "utf8").trimEnd().split("\n");
    assert.deepEqual(vocabulary.slice(0, 7), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<a>", "<b>"]);
    assert.ok(vocabulary.includes("graft"));
    assert.equal(
      JSON.parse(readFileSync(join(output, "tokenizer_config.json"), "utf8")).tokenizer_class,
      "BertTokenizer",
    );
    const encoded = await run(["encode", "-t", output, "--json"], "The <a> grafts\n\nplants");
    assert.equal(encoded.code, 0, encoded.stderr);
    const lines = jsonLines(encoded.stdout) as { tokens: string[] }[];
    assert.deepEqual(
      lines.map(({ tokens }) => tokens),
      [
        ["[CLS]", "the", "<a>", "grafts", "[SEP]"],
        ["[CLS]", "[SEP]"],
        ["[CLS]", "plants", "[SEP]"],
      ],
    );
    const decoded = await run(["decode", "-t", output, "--no-special-tokens"], encoded.stdout);
    assert.equal(decoded.stdout, "the grafts\n\nplants\n");
    const plain = await run([
      "encode",
      "-t",
      join(output, "tokenizer.json"),
      "the graft",
      "--no-special-tokens",
    ]);
    assert.deepEqual([plain.code, plain.stdout], [0, "the graft\n"]);
  });

  test("train has its options, and refuses those that a trainer does not know", async () => {
    const cased = await trained(
      "cased",
      "-m",
      "wordpiece",
      "--no-lowercase",
      "--min-frequency",
      "6",
      "--vocab-size",
      "100",
    );
    const vocabulary = readFileSync(join(cased, "vocab.txt"), "utf8").split("\n");
    assert.ok(vocabulary.includes("G") && !vocabulary.includes("The"), "The occurs 5 times");
    const likely = await trained("likely", "-m", "wordpiece", "--score", "likelihood", "--vocab-size", "60");
    assert.notEqual(readFileSync(join(likely, "vocab.txt"), "utf8"), vocabulary.join("\n"));
    const words = await trained("words", "-m", "word", "--vocab-size", "9", "--lowercase");
    const encoded = await run(["encode", "-t", words, "The plants? grow", "--no-special-tokens"]);
    assert.equal(encoded.stdout, "the plants [UNK] [UNK]\n");
    const wrong = await run(["train", "-m", "word", "--score", "frequency", "-o", join(folder, "no")]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--score: the word trainer takes no notice of it\n.*wordpiece/);
    const again = await run(["train", "-m", "word", "-o", words, "--train-file", corpus]);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /there is a tokenizer already/);
    const none = await run(["train", "-m", "word", "-o", join(folder, "no")], "\n\n");
    assert.match(none.stderr, /expected texts to learn from, got none/);
    assert.ok(!existsSync(join(folder, "no")));
  });

  test("train learns SentencePiece models from raw text, as a folder or a file", async () => {
    const japanese = "吾輩は猫である。名前はまだ無い。\nThe cat is here.\n".repeat(9);
    for (const kind of ["bpe", "unigram", "char", "word"]) {
      const output = join(folder, `raw-${kind}`);
      const size = ["--vocab-size", kind === "char" || kind === "word" ? "20" : "50"];
      const words = ["train", "-m", kind, "--form", "sentencepiece", ...size, "-o", output];
      const { code, stderr } = await run(words, japanese);
      assert.equal(code, 0, stderr);
      const read = (from: string) => run(["encode", "-t", from, "--json"], "吾輩は猫。 The cat\n\n🐈");
      const encoded = await read(output);
      assert.equal(encoded.code, 0, encoded.stderr);
      // the model alone gives the same tokens
      assert.equal((await read(join(output, "spiece.model"))).stdout, encoded.stdout);
    }
    const file = join(folder, "bytes.model");
    const words = ["train", "-m", "bpe", "--form", "sentencepiece", "--byte-fallback", "--vocab-size", "310"];
    assert.equal((await run([...words, "-o", file], japanese)).code, 0);
    const emoji = await run(["encode", "-t", file], "🐈");
    assert.equal(emoji.stdout, "▁ <0xF0> <0x9F> <0x90> <0x88>\n");
    assert.match((await run([...words, "-o", file], japanese)).stderr, /there is a tokenizer already/);
    const taken = ["--normalizer-from", file, "-o", join(folder, "again.model")];
    assert.equal((await run([...words, ...taken], japanese)).code, 0);
  });

  test("train refuses forms that there are not", async () => {
    const output = ["-o", join(folder, "no")];
    const raw = await run(["train", "-m", "wordpiece", "--form", "sentencepiece", ...output], "a\n");
    assert.match(raw.stderr, /--model wordpiece: has no sentencepiece form\n.*bpe/);
    const bytes = await run(["train", "-m", "bpe", "--byte-fallback", ...output], "a\n");
    assert.match(
      bytes.stderr,
      /--byte-fallback: the bpe trainer takes no notice of it\n.*--form sentencepiece/,
    );
    const lower = await run(
      ["train", "-m", "bpe", "--form", "sentencepiece", "--lowercase", ...output],
      "a\n",
    );
    assert.match(lower.stderr, /--lowercase: the bpe trainer of this form takes no notice of it/);
    const file = await run(["train", "-m", "bpe", "-o", join(folder, "no.model")], "a\n");
    assert.match(file.stderr, /only the sentencepiece form is a .model file/);
  });

  test("train says what it did as JSON", async () => {
    const output = join(folder, "json");
    const { stdout } = await run(["train", "-m", "word", "-o", output, "--json"], "a b\na a\n");
    const { files, vocabularySize, textCount, wordCount } = JSON.parse(stdout);
    assert.deepEqual([vocabularySize, textCount, wordCount], [6, 2, 4]);
    assert.ok(files.includes("tokenizer.json"));
  });

  test("inspect and compare report on a text", async () => {
    const one = await trained("one", "-m", "wordpiece", "--vocab-size", "60");
    const two = await trained("two", "-m", "word", "--vocab-size", "8");
    const inspected = await run(["inspect", "-t", two, "--json", "--list-length", "1"], "plants grow zzz\n");
    const report = JSON.parse(inspected.stdout);
    assert.deepEqual([report.tokenCount, report.unknownCount, report.longest.length], [3, 2, 1]);
    assert.match(
      (await run(["inspect", "-t", two], "plants grow zzz\n")).stdout,
      /unknown +2 +67 % of the tokens/,
    );
    const page = join(folder, "page.html");
    const words = ["compare", "-t", `${one},${two}`, "-o", page, "Grafting plants"];
    const compared = await run(words);
    assert.equal(compared.code, 0, compared.stderr);
    assert.match(compared.stdout, /tokenizer +tokens +a character/);
    assert.match(readFileSync(page, "utf8"), /<mark class="c0" title="graft/);
    assert.match((await run(words)).stderr, /the file is there already/);
    assert.equal((await run([...words, "--overwrite", "--json"])).code, 0);
  });

  test("encode reads JSON lines and counts in the unit asked for", async () => {
    const output = await trained("pairs", "-m", "wordpiece", "--vocab-size", "60");
    const input = '{"text":"é graft","pair":"plant"}\n"two\\nplants"\n';
    const flags = ["encode", "-t", output, "--jsonl", "--json", "--offsets", "bytes", "--no-special-tokens"];
    const { stdout, stderr } = await run(flags, input);
    const [pair, text] = jsonLines(stdout) as { offsets: number[][]; sequenceIds?: number[] }[];
    assert.deepEqual(pair!.offsets.at(1), [3, 8], stderr);
    assert.equal(pair!.sequenceIds?.at(-1), 1);
    assert.equal(text!.sequenceIds, undefined);
  });

  test("many texts are encoded on several threads, in their order", async () => {
    const output = await trained("threads", "-m", "wordpiece", "--vocab-size", "60");
    const input = Array.from({ length: 60_000 }, (_, i) => `the plant ${i}, the graft and its plants`).join(
      "\n",
    );
    for (const form of [[], ["--json"]]) {
      const options = ["encode", "-t", output, "--max-length", "6", ...form];
      const alone = await run([...options, "--threads", "1"], input);
      const together = await run([...options, "--threads", "3"], input);
      assert.equal(together.code, 0, together.stderr);
      assert.equal(alone.stdout.split("\n").length, 60_001);
      assert.ok(together.stdout === alone.stdout, "the lines differ");
    }
  });

  test("a line that a thread cannot read is named, and those before it are written", async () => {
    const output = await trained("threads-bad", "-m", "wordpiece", "--vocab-size", "60");
    const lines = Array.from({ length: 80_000 }, (_, i) =>
      JSON.stringify({ text: `the plant ${i}, the graft` }),
    );
    lines[70_001] = '{"text": 1}';
    const { code, stdout, stderr } = await run(
      ["encode", "-t", output, "--jsonl", "--threads", "2"],
      lines.join("\n"),
    );
    assert.notEqual(code, 0);
    assert.match(stderr, /standard input, line 70,002: expected a text in "text", got number 1/);
    assert.equal(stdout.split("\n").length, 70_002);
  });

  test("what comes before the damage of a file is encoded, on threads too", async () => {
    const output = await trained("threads-torn", "-m", "wordpiece", "--vocab-size", "60");
    const text = Array.from({ length: 100_000 }, (_, i) => `${(i * 7919) % 100_003} plants`).join("\n");
    const torn = join(folder, "torn.txt.gz");
    const packed = gzipSync(text.repeat(2));
    writeFileSync(torn, packed.subarray(0, packed.length - 10_000));
    const options = ["encode", "-t", output, "--file", torn];
    const alone = await run([...options, "--threads", "1"]);
    const together = await run([...options, "--threads", "2"]);
    assert.match(together.stderr, /torn.txt.gz: expected a gzip file/);
    assert.ok(alone.stdout.split("\n").length > 150_000);
    assert.ok(together.stdout === alone.stdout, "the lines differ");
  });

  test("a sample of the words is told", async () => {
    const output = join(folder, "sampled");
    const words = [
      "train",
      "-m",
      "unigram",
      "--train-file",
      corpus,
      "--output",
      output,
      "--vocab-size",
      "30",
    ];
    const { code, stdout, stderr } = await run([...words, "--sample-limit", "50", "--json"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warning {2}a sample: \d of \d+ distinct words, .* of all words were learnt from/);
    assert.ok(JSON.parse(stdout).sample.keptCount < 8);
  });

  test("mistakes end with 2 and say what to do", async () => {
    const missing = await run(["encode", "-t", join(folder, "nothing"), "a"]);
    assert.deepEqual([missing.code, missing.stdout], [2, ""]);
    const wrong = await run(["decode", "-t", await trained("w", "-m", "word"), "1 x"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /ids 1: expected ids/);
    const kind = await run(["train", "-m", "bert", "-o", "x"]);
    assert.match(kind.stderr, /--model|-m: expected .*wordpiece/);
  });

  test("segment gives what MeCab gives", needs("golden/japanese/mecab-ipadic.json"), async () => {
    const { cases } = sharedJson("golden/japanese/mecab-ipadic.json");
    const input = cases.map(({ text }: { text: string }) => `${JSON.stringify(text)}\n`).join("");
    const flags = ["segment", "--json", "--jsonl", "--edition", "python"];
    const { stdout, stderr } = await run(flags, input);
    const lines = jsonLines(stdout);
    assert.equal(lines.length, cases.length, stderr);
    cases.forEach(({ tokens }: { tokens: string[][] }, i: number) => {
      assert.deepEqual(lines[i], { tokens });
    });
  });

  test(
    "encode gives what the tokenizers library gives, line by line",
    needs("golden/tokenizers/trained-wordpiece/encodings.json"),
    async () => {
      const golden = "golden/tokenizers/trained-wordpiece";
      const cases = sharedJson(`${golden}/encodings.json`).cases as Record<string, unknown>[];
      const input = cases.map(({ text }) => `${JSON.stringify(text)}\n`).join("");
      const flags = ["--json", "--jsonl", "--offsets", "codepoints"];
      const { stdout, stderr } = await run(
        ["encode", "-t", sharedPath(`${golden}/tokenizer.json`), ...flags],
        input,
      );
      const lines = jsonLines(stdout);
      assert.equal(lines.length, cases.length, stderr);
      cases.forEach(({ tokens, ids, offsets, word_ids: wordIds }, i) => {
        assert.deepEqual(lines[i], { tokens, ids, offsets, wordIds });
      });
    },
  );
});
