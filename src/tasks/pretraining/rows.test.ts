import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32 } from "../../base/index.js";
import { documentBegins, type Stretch, wordBegins } from "../../data/corpus/token-corpus.js";
import type { Network } from "../../models/index.js";
import { wordPieceTokenizer } from "../../tokenizers/index.js";
import { causalLm } from "./causal-lm.js";
import { maskedLm } from "./masked-lm.js";

const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const tokenizer = wordPieceTokenizer([
  ...["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
  ...letters,
  ...letters.map((letter) => `##${letter}`),
]);
const network = {} as Network; // neither objective looks at it
const tokens = (ids: Int32Array): string => Array.from(ids, (id) => tokenizer.idToToken(id)!).join(" ");

/** Documents side by side; `skip` tokens of the first are in the stretch before. */
function stretchOf(documents: readonly string[], skip = 0): Stretch {
  const all = documents.flatMap((text) => {
    const { ids, wordIds } = tokenizer.encode(text, { specialTokens: false });
    return Array.from(ids, (id, i) => ({
      id,
      begins: (i === 0 ? documentBegins : 0) | (wordIds[i] === wordIds[i - 1] ? 0 : wordBegins),
    }));
  });
  const kept = all.slice(skip);
  return {
    start: skip,
    document: 0,
    ids: Int32Array.from(kept, ({ id }) => id),
    begins: Uint8Array.from(kept, ({ begins }) => begins),
  };
}

describe("rows of masked-lm", () => {
  const open = (maxLength: number, settings = {}) =>
    maskedLm.open({ tokenizer, network, settings, rows: { maxLength } });

  test("have special tokens around them and between documents; what finds no room beside these is counted", () => {
    const problem = open(10);
    assert.equal(problem.rowLength, 8);
    const [one, parted] = problem.encode([stretchOf(["abc de fgh"], 1), stretchOf(["abc de", "fgh"])]);
    assert.equal(tokens(one!.original), "[CLS] ##b ##c d ##e f ##g ##h [SEP]");
    assert.deepEqual([...one!.wordIds], [-1, 0, 0, 1, 1, 2, 2, 2, -1]);
    assert.equal(one!.encoding.truncatedCount, 0);
    assert.equal(tokens(parted!.original), "[CLS] a ##b ##c d ##e [SEP] f ##g [SEP]");
    assert.deepEqual([...parted!.wordIds], [-1, 0, 0, 0, 1, 1, -1, 2, 2, -1]);
    assert.equal(parted!.encoding.truncatedCount, 1);
    assert.deepEqual([one!.example, parted!.example], [0, 1]);
  });

  test("are hidden anew in each step, whole words where that is asked for, whatever the batch", () => {
    const problem = open(30, { masking: "word", maskRate: 0.3 });
    const rows = problem.encode(letters.map((letter) => stretchOf([`abc de ${letter}ghi jk`, "lmn opq"])));
    const drawn = problem.redraw!(rows, 1, 1);
    assert.deepEqual(problem.redraw!(rows.slice(3), 1, 1), drawn.slice(3));
    assert.notDeepEqual(problem.redraw!(rows, 1, 2), drawn);
    for (const { original, places, wordIds, labels } of drawn) {
      assert.deepEqual(
        [...labels],
        Array.from(places, (place) => original[place]!),
      );
      for (const place of places) {
        const together = Array.from(wordIds).flatMap((word, i) => (word === wordIds[place] ? [i] : []));
        assert.ok(together.every((other) => places.includes(other)));
      }
    }
  });
});

describe("rows of causal-lm", () => {
  const open = (rows: { maxLength: number; beginId?: number; endId?: number }) =>
    causalLm.open({ tokenizer, network, settings: {}, rows });

  test("read one token less than they take; the token that ends texts stands between documents", () => {
    const problem = open({ maxLength: 7, beginId: 3, endId: 3 });
    assert.equal(problem.rowLength, 8);
    const [begins, goesOn] = problem.encode([stretchOf(["ab cd", "e"]), stretchOf(["abc", "de", "f"], 1)]);
    assert.equal(tokens(begins!.encoding.ids), "[SEP] a ##b c ##d [SEP]");
    assert.equal(tokens(begins!.labels), "a ##b c ##d [SEP] e");
    assert.deepEqual([...begins!.places], [0, 1, 2, 3, 4, 5]);
    assert.equal(tokens(goesOn!.encoding.ids), "##b ##c [SEP] d ##e [SEP]");
    assert.equal(tokens(goesOn!.labels), "##c [SEP] d ##e [SEP] f");
  });

  test("have a token that begins documents where that is another than the one that ends them", () => {
    const [row] = open({ maxLength: 9, beginId: 2, endId: 3 }).encode([stretchOf(["ab", "cd"])]);
    assert.equal(tokens(row!.original), "[CLS] a ##b [SEP] [CLS] c ##d");
  });

  test("are told by characters and bytes as the text of the corpus has them; separators stand for none", () => {
    const rows = { maxLength: 9, beginId: 3, endId: 3 };
    const textPerToken = { characters: 1.5, bytes: 4 };
    const problem = causalLm.open({ tokenizer, network, settings: {}, rows, textPerToken });
    const items = problem.encode([stretchOf(["abc", "de"]), stretchOf(["abc", "de"], 1)]);
    const losses = float32([10], new Float32Array(10).fill(0.5)); // of both rows
    const predictions = problem.decide([], items, problem.readOutputs(items, new Map([["losses", losses]])));
    assert.deepEqual(predictions, [
      { nats: 3, tokenCount: 6, byteCount: 20, characterCount: 7.5 },
      { nats: 2, tokenCount: 4, byteCount: 12, characterCount: 4.5 },
    ]);
    const { metrics } = problem.evaluate([], predictions);
    assert.equal(metrics["perplexity"], Math.exp(0.5));
    assert.equal(metrics["bits_per_character"], 5 / Math.LN2 / 12);
    assert.equal(metrics["bits_per_byte"], 5 / Math.LN2 / 32);
    assert.deepEqual(Object.keys(open(rows).evaluate([], predictions).metrics), ["perplexity"]);
  });

  test("need a token that ends texts", () => {
    assert.throws(() => open({ maxLength: 7 }), /expected a tokenizer with a token that ends texts/);
  });
});
