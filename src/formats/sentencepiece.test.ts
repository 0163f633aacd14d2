import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs, sharedJson, sharedPath } from "../../test/shared.js";
import {
  decodeSentencePieceModel,
  encodeSentencePieceModel,
  type SentencePieceModel,
} from "./sentencepiece.js";

const folder = "golden/tokenizers/sentencepiece";
const names = [
  "unigram",
  "unigram-bytefallback",
  "unigram-identity",
  "bpe",
  "bpe-bytefallback",
  "char",
  "word",
];

const small: SentencePieceModel = {
  pieces: [
    { piece: "<unk>", score: 0, type: "unknown" },
    { piece: "▁a", score: -1.5, type: "normal" },
  ],
  trainer: { model_type: 1, control_symbols: ["<x>", "<y>"], character_coverage: 0.5, byte_fallback: true },
  normalizer: { name: "identity", precompiled_charsmap: new Uint8Array([1, 2, 3]) },
  denormalizer: undefined,
};

describe("SentencePiece .model files", () => {
  for (const name of names) {
    test(`${name}: pieces and scores; written again it is the same file`, needs(folder), () => {
      const bytes = readFileSync(sharedPath(`${folder}/${name}.model`));
      const model = decodeSentencePieceModel(bytes, `${name}.model`);
      const golden = sharedJson(`${folder}/${name}.json`);
      assert.deepEqual(
        model.pieces.map(({ piece, score }) => [piece, score]),
        golden.piece_scores,
      );
      assert.ok(Buffer.from(encodeSentencePieceModel(model)).equals(bytes));
    });
  }

  test("what was written is read", () => {
    assert.deepEqual(decodeSentencePieceModel(encodeSentencePieceModel(small), "m"), small);
  });

  test("a setting that the format lacks is refused, not lost", () => {
    assert.throws(
      () => encodeSentencePieceModel({ ...small, trainer: { vocabulary: 5 } }),
      /knows no setting "vocabulary"/,
    );
  });

  test("damaged files are refused with the place", () => {
    const bytes = encodeSentencePieceModel(small);
    assert.throws(
      () => decodeSentencePieceModel(bytes.subarray(0, bytes.length - 4), "m"),
      /FileError: m: damaged at/,
    );
    assert.throws(
      () => decodeSentencePieceModel(new Uint8Array(0), "m"),
      /m: damaged at the model, expected pieces/,
    );
    // pieces[0] with type 9: field 1 of 4 bytes, in it field 3 (varint) and an empty string.
    const badType = new Uint8Array([0x0a, 0x04, 0x0a, 0x00, 0x18, 0x09]);
    assert.throws(() => decodeSentencePieceModel(badType, "m"), /m: damaged at pieces\[0\], expected a type/);
  });
});
