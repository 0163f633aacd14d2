import { type ReadStep, stepTable } from "../step-table.js";
import type { Decoder } from "./decoder.js";
import { readDecoderSequence } from "./sequence.js";
import { readWordPieceDecoder } from "./word-piece.js";

/** Makes a decoder from its JSON, by its type. */
export const readDecoder: ReadStep<Decoder> = stepTable("decoder", {
  Sequence: readDecoderSequence,
  WordPiece: readWordPieceDecoder,
});
