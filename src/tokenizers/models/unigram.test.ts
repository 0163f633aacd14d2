import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs, sharedJson, sharedPath } from "../../../test/shared.js";
import { Random } from "../../base/index.js";
import { readTokenizer } from "../index.js";
import { bytePiece } from "./byte-pieces.js";
import { readUnigram, type UnigramModel, type UnigramOptions, unigram } from "./unigram.js";

const trained = "golden/tokenizers/trained-unigram";

const pieces: readonly (readonly [string, number])[] = [
  ["<unk>", 0],
  ["a", -1],
  ["b", -2],
  ["ab", -2.5],
  ["😀", -4],
  ["ba", -3.5],
];

function tokens(model: UnigramModel, text: string): unknown[][] {
  const found: unknown[][] = [];
  model.tokenize(text, 0, text.length, {
    push: (...token) => {
      found.push(token);
    },
  });
  return found;
}

const small = (options: UnigramOptions = { unknownId: 0 }): UnigramModel => unigram(pieces, options, "vocab");

/** Every way to cut a text into pieces of the table above, by trying all. */
function allWays(text: string): { ids: number[]; score: number }[] {
  if (text === "") return [{ ids: [], score: 0 }];
  return pieces.flatMap(([piece, score], id) =>
    text.startsWith(piece)
      ? allWays(text.slice(piece.length)).map((rest) => ({
          ids: [id, ...rest.ids],
          score: score + rest.score,
        }))
      : [],
  );
}

describe("Unigram", () => {
  test("encodings of the tokenizers library: ids, tokens, spans, words, decoded", needs(trained), () => {
    const files = new Map([
      ["tokenizer.json", readFileSync(sharedPath(`${trained}/tokenizer.json`), "utf8")],
    ]);
    const tokenizer = readTokenizer(files, trained);
    for (const row of sharedJson(`${trained}/encodings.json`).cases) {
      const encoding = tokenizer.encode(row.text);
      const where = JSON.stringify(row.text);
      assert.deepEqual([...encoding.ids], row.ids, where);
      assert.deepEqual(encoding.tokens, row.tokens, where);
      const units = [0];
      for (const character of row.text) units.push(units.at(-1)! + character.length);
      const spans = Array.from(encoding.starts, (start, i) => [start, encoding.ends[i]!]);
      assert.deepEqual(
        spans,
        row.offsets.map(([start, end]: [number, number]) => [units[start], units[end]]),
        where,
      );
      assert.deepEqual(
        [...encoding.wordIds],
        row.word_ids.map((word: number | null) => word ?? -1),
        where,
      );
      assert.equal(tokenizer.decode(row.ids, { skipSpecialTokens: true }), row.decoded, where);
    }
  });

  test("takes the likeliest way, not the longest piece", () => {
    assert.deepEqual(tokens(small(), "abab"), [
      [3, 0, 2],
      [3, 2, 4],
    ]);
    // a|ba: -4.5; ab|a: -3.5; a|b|a: -4
    assert.deepEqual(tokens(small(), "aba"), [
      [3, 0, 2],
      [1, 2, 3],
    ]);
  });

  test("unknown characters that stand together are one token, shown as they are written", () => {
    assert.deepEqual(tokens(small(), "axyb𠮷"), [
      [1, 0, 1],
      [0, 1, 3, "xy"],
      [2, 3, 4],
      [0, 4, 6, "𠮷"],
    ]);
  });

  test("unknown characters as bytes, if there is a piece for each", () => {
    const withBytes = [
      ...pieces,
      ...Array.from("é", () => 0).flatMap(() => [[bytePiece(0xc3), -9] as const]),
    ];
    const options = { unknownId: 0, byteFallback: true };
    assert.deepEqual(tokens(unigram(withBytes, options, "vocab"), "é"), [[0, 0, 1, "é"]]);
    const both = unigram([...withBytes, [bytePiece(0xa9), -9]], options, "vocab");
    assert.deepEqual(tokens(both, "aé"), [
      [1, 0, 1],
      [6, 1, 2],
      [7, 1, 2],
    ]);
  });

  test("a part of a text is cut as if it stood alone", () => {
    const found: number[] = [];
    small().tokenize("xxabaxx", 2, 5, { push: (id, start, end) => found.push(id, start, end) });
    assert.deepEqual(found, [3, 2, 4, 1, 4, 5]);
  });

  test("n-best ways are all ways in order; probabilities add up to the likelihood", () => {
    const text = "abaabba";
    const all = allWays(text).sort((one, other) => other.score - one.score);
    const best = small().nBest(text, 1000);
    assert.equal(best.length, all.length);
    best.forEach(({ ids, score, ends }, i) => {
      assert.ok(Math.abs(score - all[i]!.score) < 1e-12);
      assert.equal(ids.map((id) => pieces[id]![0]).join(""), text);
      assert.equal(ends.at(-1), text.length);
    });
    const sum = all.reduce((total, { score }) => total + Math.exp(score), 0);
    assert.ok(Math.abs(small().logLikelihood(text) - Math.log(sum)) < 1e-12);
    assert.equal(small().nBest(text, 2).length, 2);
  });

  test("samples follow the probabilities, sharpened or flattened by the temperature", () => {
    const text = "abab";
    const all = allWays(text);
    for (const temperature of [0.5, 1, 5]) {
      const random = new Random(7);
      const model = small();
      const counts = new Map<string, number>();
      const drawn = 4000;
      for (let i = 0; i < drawn; i++) {
        const key = model.sample(text, random, { temperature }).ids.join(" ");
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const weights = all.map(({ score }) => Math.exp(score / temperature));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      all.forEach(({ ids }, i) => {
        const expected = weights[i]! / sum;
        const share = (counts.get(ids.join(" ")) ?? 0) / drawn;
        // Five standard deviations of a share of 4000 draws.
        assert.ok(Math.abs(share - expected) <= 5 * Math.sqrt((expected * (1 - expected)) / drawn) + 1e-9);
      });
    }
    const once = small().sample(text, new Random(3));
    assert.deepEqual(small().sample(text, new Random(3)), once);
  });

  test("tables with duplicates, scores that are no numbers or a wrong unknown id are refused with the place", () => {
    const refused = (vocab: unknown, unk_id: unknown, message: RegExp): void => {
      assert.throws(() => readUnigram({ type: "Unigram", vocab, unk_id } as never, "t.json, model"), {
        name: "FileError",
        message,
      });
    };
    refused(
      [
        ["a", -1],
        ["a", -2],
      ],
      null,
      /^t.json, model, vocab: expected every piece once, got "a" for the ids 0 and 1/,
    );
    refused(
      [
        ["a", -1],
        ["b", Number.NaN],
      ],
      null,
      /^t.json, model, vocab\[1\]: expected \[piece, score\]/,
    );
    refused([["a", "x"]], null, /vocab\[0\]/);
    refused([["", -1]], null, /vocab\[0\]/);
    refused([], null, /expected pieces, got none/);
    refused([["a", -1]], 1, /unknown token's id below 1, got 1/);
    refused([["a", -1]], "a", /expected "unk_id" to be an id or null/);
  });

  test("without an unknown token, what cannot be spelt is an error that says so", () => {
    assert.throws(() => tokens(small({}), "ax"), /vocab: no piece spells "x", and there is no unknown token/);
  });

  test("a long text without spaces takes time in proportion to its length", () => {
    const text = "ab".repeat(100_000);
    assert.equal(tokens(small(), text).length, 100_000);
  });
});
