import { FileError } from "../../base/index.js";
import type { PieceType, SentencePieceModel } from "../../formats/sentencepiece.js";
import { byteOfPiece } from "../models/byte-pieces.js";

/** The pieces of a .model file, checked and by name. */
export interface PieceTable {
  readonly pieces: readonly string[];
  readonly scores: Float64Array;
  readonly types: readonly PieceType[];
  readonly unknownId: number;
  /** The least and the largest score of normal pieces. */
  readonly leastScore: number;
  readonly largestScore: number;
  /** For each id whether a search in the text may find the piece: normal, user-defined and unused ones. */
  readonly isText: readonly boolean[];
  /** The id of each byte's piece, where unknown characters are spelt by their bytes. */
  readonly byteIds: Int32Array | undefined;
  /** The pieces that must not be cut or changed. */
  readonly userDefined: readonly string[];
  /** The id of a piece, that of the unknown piece if there is none such. */
  idOf(piece: string): number;
}

/** FLT_MIN, from which SentencePiece looks for the largest score, so that it is never negative. */
const smallestNormalFloat = 2 ** -126;

/** The pieces of a model. `place` begins the errors for tables that contradict themselves. */
export function pieceTable(model: SentencePieceModel, place: string): PieceTable {
  const ids = new Map<string, number>();
  let leastScore = Number.POSITIVE_INFINITY;
  let largestScore = smallestNormalFloat;
  let unknownId = -1;
  model.pieces.forEach(({ piece, score, type }, id) => {
    const where = `${place}, pieces[${id}]`;
    if (piece === "") throw new FileError(where, "expected a piece of at least one character, got none");
    if (Number.isNaN(score))
      throw new FileError(where, `expected a score, got NaN for ${JSON.stringify(piece)}`);
    const other = ids.get(piece);
    if (other !== undefined) {
      throw new FileError(
        where,
        `expected every piece once, got ${JSON.stringify(piece)} as in pieces[${other}]`,
      );
    }
    ids.set(piece, id);
    if (type === "normal") {
      leastScore = Math.min(leastScore, score);
      largestScore = Math.max(largestScore, score);
    } else if (type === "unknown") {
      if (unknownId >= 0)
        throw new FileError(where, `expected one unknown piece, got a second after ${unknownId}`);
      unknownId = id;
    } else if (type === "byte" && byteOfPiece(piece) === undefined) {
      throw new FileError(where, `expected a byte piece such as <0x0A>, got ${JSON.stringify(piece)}`);
    }
  });
  if (unknownId < 0) throw new FileError(place, "expected a piece of the type unknown, got none");
  return {
    pieces: model.pieces.map(({ piece }) => piece),
    scores: Float64Array.from(model.pieces, ({ score }) => score),
    types: model.pieces.map(({ type }) => type),
    unknownId,
    leastScore,
    largestScore,
    isText: model.pieces.map(({ type }) => type === "normal" || type === "user-defined" || type === "unused"),
    byteIds: model.trainer["byte_fallback"] === true ? byteIdsOf(model, place) : undefined,
    userDefined: model.pieces.flatMap(({ piece, type }) => (type === "user-defined" ? [piece] : [])),
    idOf: (piece) => ids.get(piece) ?? unknownId,
  };
}

function byteIdsOf(model: SentencePieceModel, place: string): Int32Array {
  const byteIds = new Int32Array(256).fill(-1);
  model.pieces.forEach(({ piece, type }, id) => {
    if (type === "byte") byteIds[byteOfPiece(piece)!] = id;
  });
  const missing = byteIds.indexOf(-1);
  if (missing >= 0)
    throw new FileError(place, `expected a piece for every byte, got none for byte ${missing}`);
  return byteIds;
}
