import { type ReadStep, stepTable } from "../step-table.js";
import type { Decoder } from "./decoder.js";
import { readMetaspaceDecoder } from "./metaspace.js";
import { readDecoderSequence } from "./sequence.js";
import { readWordPieceDecoder } from "./word-piece.js";

/** Makes a decoder from its JSON, by its type. */
export const readDecoder: ReadStep<Decoder> = stepTable("decoder", {
  Metaspace: readMetaspaceDecoder,
  Sequence: readDecoderSequence,
  WordPiece: readWordPieceDecoder,
});
