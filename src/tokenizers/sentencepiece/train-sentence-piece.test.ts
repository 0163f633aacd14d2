import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs, sharedPath } from "../../../test/shared.js";
import { decodeSentencePieceModel, encodeSentencePieceModel } from "../../formats/sentencepiece.js";
import { sentencePieceOf } from "./sentence-piece.js";
import { type TrainSentencePieceOptions, trainSentencePiece } from "./train-sentence-piece.js";

const goldens = "golden/tokenizers";

const sentences = Array.from(
  { length: 60 },
  (_, i) =>
    ["吾輩は猫である。名前はまだ無い。", "the cat sat on the mat", "猫は鳴いて the end"][i % 3]! + (i % 7),
);

async function trained(options: TrainSentencePieceOptions) {
  const model = await trainSentencePiece(sentences, { vocabularySize: 60, ...options });
  return sentencePieceOf(decodeSentencePieceModel(encodeSentencePieceModel(model), "m"), "m");
}

describe("training a SentencePiece unigram model", () => {
  test("is as likely as the library's own on the text it learnt from", needs(goldens), async () => {
    const bytes = readFileSync(sharedPath(`${goldens}/sentencepiece/unigram.model`));
    const reference = decodeSentencePieceModel(bytes, "unigram.model");
    const lines = readFileSync(sharedPath(`${goldens}/corpus.txt`), "utf8")
      .split("\n")
      .filter(Boolean);
    // Every tenth line is kept back, so the reference has the advantage of having seen it.
    const model = await trainSentencePiece(
      lines.filter((_, i) => i % 10 !== 0),
      { vocabularySize: 4000, normalizer: reference.normalizer, ids: { pad: 3 } },
    );
    assert.equal(model.pieces.length, 4000);
    assert.deepEqual(model.pieces.slice(0, 4), reference.pieces.slice(0, 4));
    const all = await trainSentencePiece(lines, {
      vocabularySize: 4000,
      normalizer: reference.normalizer,
      ids: { pad: 3 },
    });
    const sum = (one: typeof model, texts: readonly string[]): number => {
      const pieces = sentencePieceOf(one, "model");
      return texts.reduce((total, text) => total + pieces.logLikelihood(text), 0);
    };
    assert.ok(sum(all, lines) > 1.01 * sum(reference, lines));
    const heldOut = lines.filter((_, i) => i % 10 === 0);
    assert.ok(sum(model, heldOut) > 1.25 * sum(reference, heldOut));
    const known = new Set(reference.pieces.map(({ piece }) => piece));
    assert.ok(all.pieces.filter(({ piece }) => known.has(piece)).length > 3300);
  });

  test("pieces never cross a space, a script or a symbol; every character is there", async () => {
    const { table } = await trained({ userDefinedSymbols: ["猫である"] });
    for (const piece of table.pieces.slice(4)) {
      assert.ok(!piece.slice(1).includes("▁"), piece);
      assert.ok(!/\p{Script=Latin}.*\p{Script=Han}|\p{Script=Han}.*\p{Script=Latin}/u.test(piece), piece);
    }
    for (const character of "吾輩は名前まだ無い。thecasonm▁")
      assert.notEqual(table.idOf(character), table.unknownId);
  });

  test("what was trained encodes and decodes", async () => {
    const pieces = await trained({ byteFallback: true, vocabularySize: 330, characterCoverage: 1 });
    for (const text of [...sentences.slice(0, 8), "🐈 未知", "a  b"]) {
      assert.equal(pieces.decode(pieces.encode(text).map(({ id }) => id)), text.replace("  ", " "));
    }
  });

  test("symbols have their ids and are found whole", async () => {
    const pieces = await trained({
      ids: { pad: 0, unknown: 3, begin: -1, end: 1 },
      controlSymbols: ["<mask>"],
      userDefinedSymbols: ["猫である"],
    });
    assert.deepEqual(pieces.table.pieces.slice(0, 5), ["<pad>", "</s>", "<mask>", "<unk>", "猫である"]);
    assert.ok(pieces.encode("吾輩は猫である。").some(({ piece }) => piece === "猫である"));
    assert.equal(pieces.table.unknownId, 3);
  });

  test("the same sentences give the same model; none give an error", async () => {
    assert.deepEqual(
      await trainSentencePiece(sentences, { vocabularySize: 60 }),
      await trainSentencePiece(sentences, { vocabularySize: 60 }),
    );
    await assert.rejects(trainSentencePiece([], {}), /expected sentences to learn from/);
    await assert.rejects(
      trainSentencePiece(sentences, { vocabularySize: 10 }),
      /expected room for \d+ characters/,
    );
    await assert.rejects(
      trainSentencePiece(sentences, { ids: { pad: 1 } }),
      /every id and every symbol once/,
    );
    await assert.rejects(trainSentencePiece(sentences, { ids: { pad: 99999 } }), /expected ids below/);
  });
});
