import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { needs, repository, sharedPath } from "../../../test/shared.js";
import { decodeSentencePieceModel, type SentencePieceModel } from "../../formats/sentencepiece.js";
import type { SentencePieceType } from "./sentence-piece.js";
import { type TrainSentencePieceOptions, trainSentencePiece } from "./train-sentence-piece.js";

const folder = join(repository, "test/golden/sentence-piece");
const { lines, runs, few } = JSON.parse(readFileSync(join(folder, "training.json"), "utf8"));

/** The rules that the goldens were made with, as a model has them. */
const { normalizer } = readModel(join(folder, "bert-japanese/unigram.model"));

function readModel(path: string): SentencePieceModel {
  return decodeSentencePieceModel(readFileSync(path), path);
}

/** Our options by the names of SentencePiece's. */
function optionsOf(given: Record<string, unknown>): TrainSentencePieceOptions {
  const ids = { unknown: "unk_id", begin: "bos_id", end: "eos_id", pad: "pad_id" };
  const names = {
    type: "model_type",
    vocabularySize: "vocab_size",
    characterCoverage: "character_coverage",
    byteFallback: "byte_fallback",
    splitDigits: "split_digits",
    splitByWhitespace: "split_by_whitespace",
    splitByScript: "split_by_unicode_script",
    splitByNumber: "split_by_number",
    whitespaceAsSuffix: "treat_whitespace_as_suffix",
    whitespaceOnlyPieces: "allow_whitespace_only_pieces",
    maxPieceLength: "max_sentencepiece_length",
    controlSymbols: "control_symbols",
    userDefinedSymbols: "user_defined_symbols",
  };
  const taken = (table: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(table).flatMap(([key, name]) => (name in given ? [[key, given[name]]] : [])),
    );
  const flags = Object.fromEntries(
    ["remove_extra_whitespaces", "add_dummy_prefix"].flatMap((key) =>
      key in given ? [[key, given[key]]] : [],
    ),
  );
  return {
    ...taken(names),
    ids: taken(ids),
    normalizer: { ...normalizer, ...flags },
  } as TrainSentencePieceOptions;
}

function scores({ pieces }: SentencePieceModel): [string, number][] {
  return pieces.map(({ piece, score }) => [piece, score + 0]);
}

describe("pieces and scores as SentencePiece's trainers find them", () => {
  for (const { options, pieces } of runs) {
    test(JSON.stringify(options), async () => {
      const model = await trainSentencePiece(lines, optionsOf(options));
      assert.deepEqual(
        scores(model),
        pieces.map(([piece, score]: [string, number]) => [piece, score + 0]),
      );
    });
  }

  test("a text whose pairs run out", async () => {
    const options = optionsOf({ model_type: "bpe", vocab_size: 60, character_coverage: 1 });
    assert.deepEqual(
      scores(await trainSentencePiece(few.lines, options)),
      few.pieces.map(([piece, score]: [string, number]) => [piece, score + 0]),
    );
  });

  const goldens = "golden/tokenizers";
  for (const [name, type, byteFallback] of [
    ["bpe", "bpe", false],
    ["bpe-bytefallback", "bpe", true],
    ["char", "char", false],
    ["word", "word", false],
  ] satisfies [string, SentencePieceType, boolean][]) {
    test(`${name}: 300 kB of Japanese and English`, needs(goldens), async () => {
      const reference = readModel(sharedPath(`${goldens}/sentencepiece/${name}.model`));
      const corpus = readFileSync(sharedPath(`${goldens}/corpus.txt`), "utf8").split("\n");
      const model = await trainSentencePiece(corpus, {
        type,
        byteFallback,
        vocabularySize: 4000,
        characterCoverage: byteFallback ? 0.99 : 0.9995,
        normalizer: reference.normalizer,
        ids: { pad: 3 },
      });
      assert.deepEqual(model.pieces, reference.pieces);
      assert.equal(model.trainer["model_type"], reference.trainer["model_type"]);
    });
  }
});
