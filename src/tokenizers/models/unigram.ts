import { FileError, type Json, type JsonObject, TsugikiError } from "../../base/index.js";
import { booleanField, isCount, listField, wrongField } from "../step-fields.js";
import { bytePieceIds, utf8Bytes } from "./byte-pieces.js";
import type { FurtherPieces } from "./growth.js";
import type { Model } from "./model.js";
import { PrefixTrie } from "./prefix-trie.js";
import { type UnigramSegmenter, unigramSegmenter } from "./unigram-segmenter.js";
import { unknownPenalty } from "./unigram-table.js";

/** What a unigram model knows beside its pieces. */
export interface UnigramOptions {
  /** The id of the token that stands for characters no piece spells. */
  unknownId?: number | undefined;
  /** Spell unknown characters by the pieces `<0x00>` ... `<0xFF>`, as far as there are such. Default false. */
  byteFallback?: boolean;
}

/** A unigram model as a step of the pipeline. */
export interface UnigramModel extends Model, UnigramSegmenter {}

/**
 * Unigram: every piece has a probability, and a text is cut so that their product is the largest
 * (https://arxiv.org/abs/1804.10959). Unknown characters that stand together are one token. `place` names the
 * vocabulary in errors.
 */
export function unigram(
  pieces: readonly (readonly [piece: string, score: number])[],
  options: UnigramOptions,
  place: string,
): UnigramModel {
  const { unknownId, byteFallback = false } = options;
  const vocabulary = pieces.map(([piece]) => piece);
  const ids = piecesById(vocabulary, place);
  const scores = Float64Array.from(pieces, ([, score]) => score);
  const unknownToken = unknownId === undefined ? undefined : vocabulary[unknownId];
  if (unknownId !== undefined && unknownToken === undefined) {
    throw new FileError(place, `expected the unknown token's id below ${pieces.length}, got ${unknownId}`);
  }
  const segmenter = unigramSegmenter({
    trie: new PrefixTrie(vocabulary),
    scores,
    unknownId: unknownId ?? -1,
    unknownScore:
      scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY) - unknownPenalty,
    precision: "double",
  });
  const { bestPath, nBest, sample, logLikelihood } = segmenter;
  const bytes = byteFallback ? bytePieceIds((piece) => ids.get(piece) ?? -1) : undefined;

  return {
    vocabulary,
    unknownToken,
    tokenToId: (token) => ids.get(token),
    tokenize(text, start, end, out) {
      bestPath.find(text, start, end);
      const { count } = bestPath;
      let from = start;
      for (let k = 0; k < count; k++) {
        const id = bestPath.ids[k]!;
        const isUnknown = id === (unknownId ?? -1);
        if (isUnknown) while (k + 1 < count && bestPath.ids[k + 1] === id) k++;
        const to = start + bestPath.ends[k]!;
        if (!isUnknown) out.push(id, from, to);
        else {
          const spelling = text.slice(from, to);
          const found = bytes && utf8Bytes(spelling).map((byte) => bytes[byte]!);
          if (found?.every((one) => one >= 0)) for (const one of found) out.push(one, from, to);
          else if (unknownId === undefined) throw missingUnknown(spelling, place);
          else out.push(unknownId, from, to, spelling);
        }
        from = to;
      }
    },
    nBest,
    sample,
    logLikelihood,
    toJson: () => ({
      type: "Unigram",
      unk_id: unknownId ?? null,
      vocab: pieces,
      byte_fallback: byteFallback,
    }),
    growth: {
      continuingPrefix: "",
      endOfWordSuffix: "",
      needsHalves: false,
      extend: (further, between) =>
        unigram([...pieces, ...withScores(pieces, further, between)], options, place),
    },
    files: () => new Map(),
  };
}

/** A new piece is so much likelier than the two it was put together from; pieces that were learnt earlier a little more. */
const margin = 1e-3;

/**
 * Scores of further pieces: each is just likely enough to be taken where the two that it was put together from stood,
 * and never less likely than the least likely piece there was, from which the score of unknown characters derives. No
 * two are equal, and none has more digits than Python's reader of JSON takes exactly.
 */
function withScores(
  pieces: readonly (readonly [piece: string, score: number])[],
  { pieces: added, merges }: FurtherPieces,
  between: readonly string[],
): [piece: string, score: number][] {
  const least = pieces.reduce((lowest, [, score]) => Math.min(lowest, score), Number.POSITIVE_INFINITY);
  const scores = new Map(pieces);
  const enter = (piece: string, atLeast: number): void => {
    if (scores.has(piece)) return;
    const rank = (scores.size - pieces.length) / (1 + added.length + merges.length); // 0 to 1
    scores.set(piece, Number((atLeast + margin * (2 - rank)).toFixed(9)));
  };
  const halves = new Set(merges.map(([left, right]) => left + right));
  for (const piece of added) if (!halves.has(piece)) enter(piece, least);
  for (const [left, right] of merges)
    enter(left + right, Math.max(least, scores.get(left)! + scores.get(right)!));
  return [...between, ...added].map((piece) => [piece, scores.get(piece) ?? least]);
}

/** The step from its JSON. */
export function readUnigram(json: JsonObject, place: string): Model {
  const pieces = listField(json, "vocab", place).map((entry, i) => readEntry(entry, `${place}, vocab[${i}]`));
  if (pieces.length === 0) throw new FileError(`${place}, vocab`, "expected pieces, got none");
  const unknownId = json["unk_id"] ?? null;
  if (unknownId !== null && !isCount(unknownId))
    throw wrongField(place, "unk_id", "an id or null", unknownId);
  const byteFallback = booleanField(json, "byte_fallback", place, false);
  return unigram(pieces, { unknownId: unknownId ?? undefined, byteFallback }, `${place}, vocab`);
}

function readEntry(entry: Json, place: string): [string, number] {
  const [piece, score] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
  if (typeof piece === "string" && piece !== "" && typeof score === "number" && Number.isFinite(score)) {
    return [piece, score];
  }
  throw new FileError(place, `expected [piece, score] with a finite score, got ${JSON.stringify(entry)}`);
}

function piecesById(vocabulary: readonly string[], place: string): Map<string, number> {
  const ids = new Map<string, number>();
  vocabulary.forEach((piece, id) => {
    const other = ids.get(piece);
    if (other !== undefined) {
      throw new FileError(
        place,
        `expected every piece once, got ${JSON.stringify(piece)} for the ids ${other} and ${id}`,
      );
    }
    ids.set(piece, id);
  });
  return ids;
}

function missingUnknown(spelling: string, place: string): TsugikiError {
  return new TsugikiError(
    `${place}: no piece spells ${JSON.stringify(spelling)}, and there is no unknown token`,
    {
      hint: "Name the unknown token's id (unk_id) in the tokenizer's file, or turn byte_fallback on.",
    },
  );
}
