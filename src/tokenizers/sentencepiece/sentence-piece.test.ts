import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { needs, sharedJson, sharedPath } from "../../../test/shared.js";
import { sentencePiece } from "./sentence-piece.js";

const folder = "golden/tokenizers/sentencepiece";
const unigrams = ["unigram", "unigram-bytefallback", "unigram-identity"];
const names = [...unigrams, "bpe", "bpe-bytefallback", "char", "word"];

const load = (name: string) =>
  sentencePiece(readFileSync(sharedPath(`${folder}/${name}.model`)), `${name}.model`);

/** The UTF-8 byte offset of each UTF-16 offset that is a character boundary. */
function byteOffsets(text: string): number[] {
  const offsets: number[] = [0];
  let unit = 0;
  for (const character of text) {
    const bytes = offsets[unit]! + new TextEncoder().encode(character).length;
    unit += character.length;
    offsets[unit] = bytes;
  }
  return offsets;
}

describe("SentencePiece, against the library", () => {
  for (const name of names) {
    test(`${name}: normalised text, pieces, ids, byte offsets, decoded text`, needs(folder), () => {
      const pieces = load(name);
      for (const row of sharedJson(`${folder}/${name}.json`).cases) {
        const where = JSON.stringify(row.text);
        assert.equal(pieces.normalize(row.text), row.normalized, where);
        const tokens = pieces.encode(row.text);
        assert.deepEqual(
          tokens.map(({ piece }) => piece),
          row.pieces,
          where,
        );
        assert.deepEqual(
          tokens.map(({ id }) => id),
          row.ids,
          where,
        );
        const bytes = byteOffsets(row.text);
        assert.deepEqual(
          tokens.map(({ start, end }) => [bytes[start], bytes[end]]),
          row.byte_offsets,
          where,
        );
        assert.deepEqual(
          tokens.map(({ start, end }) => row.text.slice(start, end)),
          row.surfaces,
          where,
        );
        assert.equal(pieces.decode(row.ids), row.decoded, where);
      }
    });
  }

  for (const name of unigrams) {
    test(`${name}: scores and n-best`, needs(folder), () => {
      const pieces = load(name);
      const { table } = pieces;
      let compared = 0;
      for (const row of sharedJson(`${folder}/${name}.json`).cases) {
        const known = pieces.encode(row.text).filter(({ id }) => id !== table.unknownId);
        const score = known.reduce((sum, { id }) => sum + table.scores[id]!, 0);
        assert.equal(score, row.score, JSON.stringify(row.text));
        if (row.nbest === undefined) continue;
        compared++;
        const ways = pieces.nBest(row.text, 5);
        assert.deepEqual(
          ways.map(({ tokens, score }) => ({ pieces: tokens.map(({ piece }) => piece), score })),
          row.nbest,
          JSON.stringify(row.text),
        );
      }
      assert.ok(compared > 50);
    });
  }
});
