import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RowSet } from "../formats/row.js";
import { wordPieceTokenizer } from "../tokenizers/index.js";
import { languageModelling } from "./language-modelling.js";
import type { EncodeSettings } from "./task.js";
import type { BlockItem, RunningExample } from "./text-blocks.js";

const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const tokenizer = wordPieceTokenizer([
  ...["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "café", "日", "本", "."],
  ...letters,
  ...letters.map((letter) => `##${letter}`),
]);
const [begin, end] = [tokenizer.tokenToId("[CLS]")!, tokenizer.tokenToId("[SEP]")!];
const problem = languageModelling.learn([], {});
const columns = { form: "language-modelling", columns: { text: "text" }, found: [] } as const;

function examplesOf(format: RowSet["format"], texts: readonly string[]): readonly RunningExample[] {
  const rows = texts.map((text, i) => ({ fields: { text }, line: i + 1 }));
  const set = { path: "rows", format, columns: ["text"], rows, skipped: [] };
  return languageModelling.readExamples(set, columns).examples;
}

function encode(
  examples: readonly RunningExample[],
  settings: Partial<EncodeSettings> = {},
): readonly BlockItem[] {
  return problem.encode(examples, tokenizer, { maxLength: 4, overflow: "stride", stride: 0, ...settings });
}

/** The foretold tokens of all items, by the tokens they come after. */
function foretold(items: readonly BlockItem[]): [string[], string[]] {
  const name = (id: number): string => tokenizer.idToToken(id)!;
  return [
    items.flatMap(({ encoding, places }) => Array.from(places, (place) => name(encoding.ids[place]!))),
    items.flatMap(({ labels }) => Array.from(labels, name)),
  ];
}

describe("blocks", () => {
  test("running text is one text: every token but the first is foretold once, from the one before it", () => {
    const items = encode(examplesOf("running-text", ["the ab\n", "\n", "the c.\n"]));
    const tokens = ["the", "a", "##b", "the", "c", "."];
    assert.deepEqual(foretold(items), [tokens.slice(0, -1), tokens.slice(1)]);
    assert.deepEqual(
      items.map(({ encoding }) => encoding.ids.length),
      [4, 1],
    );
  });

  test("rows are texts by themselves, with a beginning and an end", () => {
    const items = encode(examplesOf("jsonl", ["ab", "c"]), { beginId: begin, endId: end });
    assert.deepEqual(foretold(items), [
      ["[CLS]", "a", "##b", "[CLS]", "c"],
      ["a", "##b", "[SEP]", "c", "[SEP]"],
    ]);
    assert.deepEqual(
      items.map(({ example }) => example),
      [0, 1],
    );
  });

  for (const stride of [0, 1, 3])
    for (const maxLength of [4, 5, 40])
      test(`windows of ${maxLength} that share ${stride} foretell each token once`, () => {
        const examples = examplesOf("running-text", ["the abcdefg. the\n", "hijk the lmno.\n"]);
        const items = encode(examples, { maxLength, stride, beginId: begin });
        const whole = examples.flatMap(({ text }) => [
          ...tokenizer.encode(text, { specialTokens: false }).tokens,
        ]);
        assert.deepEqual(foretold(items), [["[CLS]", ...whole.slice(0, -1)], whole]);
        for (const [i, { encoding, places }] of items.entries()) {
          assert.ok(encoding.ids.length <= maxLength);
          assert.equal(places[0], i === 0 ? 0 : stride);
        }
      });

  test("a text that does not fit is cut, and what is lost is counted, or refused", () => {
    const examples = examplesOf("jsonl", ["abcdefgh"]);
    const [item, ...others] = encode(examples, { overflow: "truncate" });
    assert.deepEqual(others, []);
    assert.equal(item!.labels.length, 4);
    assert.equal(item!.encoding.truncatedCount, 3);
    assert.throws(() => encode(examples, { overflow: "error" }), {
      name: "DataError",
      message: "rows, line 1: expected at most 4 tokens, got 7",
    });
  });

  test("a text may have more blocks than a function takes arguments", () => {
    const examples = examplesOf(
      "running-text",
      Array.from({ length: 3000 }, () => "a".repeat(90)),
    );
    const items = encode(examples, { maxLength: 1 });
    assert.equal(items.length, 3000 * 90 - 1);
    assert.ok(items.every(({ labels, owners }) => labels.length === 1 && owners.length === 1));
    assert.equal(items.at(-1)!.owners[0], 2999);
  });

  test("windows that share all of their tokens are refused: they would never end", () => {
    assert.throws(() => encode(examplesOf("jsonl", ["the ab"]), { maxLength: 4, stride: 4 }), {
      name: "OptionError",
      message: "--stride: expected fewer tokens than --max-length (4), got 4",
    });
  });

  test("a text of one token has nothing to foretell, unless texts have a beginning", () => {
    assert.deepEqual(encode(examplesOf("jsonl", ["a"])), []);
    assert.equal(encode(examplesOf("jsonl", ["a"]), { beginId: begin }).length, 1);
  });
});

describe("what is measured", () => {
  const texts = ["the café 日本.\n", " 😀 ab \n"];
  const sizes = texts.map((text) => [new TextEncoder().encode(text).length, [...text].length] as const);

  test("tokens together stand for all bytes and characters of the text, blanks and unknown ones too", () => {
    for (const stride of [0, 2]) {
      const examples = examplesOf("running-text", texts);
      const items = encode(examples, { stride, beginId: begin });
      const outputs = items.map(({ labels }) => ({ losses: new Float32Array(labels.length).fill(Math.LN2) }));
      const found = problem.decide(examples, items, outputs);
      assert.deepEqual(
        found.map(({ byteCount, characterCount }) => [byteCount, characterCount]),
        sizes,
      );
      const { metrics } = problem.evaluate(examples, found);
      const tokenCount = found.reduce((sum, each) => sum + each.tokenCount, 0);
      const [bytes, characters] = [0, 1].map((k) => sizes.reduce((sum, size) => sum + size[k]!, 0));
      assert.ok(Math.abs(metrics["perplexity"]! - 2) < 1e-6);
      assert.ok(Math.abs(metrics["bits_per_byte"]! - tokenCount / bytes!) < 1e-6);
      assert.ok(Math.abs(metrics["bits_per_character"]! - tokenCount / characters!) < 1e-6);
    }
  });

  test("what is not foretold does not count: the first token of a text without a beginning", () => {
    const examples = examplesOf("jsonl", ["the ab"]);
    const items = encode(examples);
    const outputs = items.map(({ labels }) => ({ losses: new Float32Array(labels.length) }));
    const [only] = problem.decide(examples, items, outputs);
    assert.deepEqual(only, { nats: 0, tokenCount: 2, byteCount: 3, characterCount: 3 });
  });

  test("outputs of a batch are cut into those of its items, in order", () => {
    const items = encode(examplesOf("jsonl", ["abc", "de", "fghi"]));
    const losses = Float32Array.from({ length: problem.weightOf(items) }, (_, i) => i);
    const read = problem.readOutputs(
      items,
      new Map([["losses", { dtype: "float32", shape: [6], data: losses }]]),
    );
    assert.deepEqual(
      read.map(({ losses: own }) => [...own!]),
      [[0, 1], [2], [3, 4, 5]],
    );
  });
});

test("rows without text are skipped, and say so", () => {
  const rows = [
    { fields: { text: "" }, line: 1 },
    { fields: { text: null }, line: 2 },
  ];
  const set = { path: "rows", format: "jsonl", columns: ["text"], rows, skipped: [] } as const;
  const { examples, skipped } = languageModelling.readExamples(set, columns);
  assert.deepEqual(examples, []);
  assert.deepEqual(
    skipped.map(({ line, reason }) => `${line}: ${reason}`),
    ["1: no text in column text", "2: no text in column text"],
  );
});
