import { type ReadStep, stepTable } from "../step-table.js";
import { readBpeDecoder } from "./bpe.js";
import { readByteFallbackDecoder } from "./byte-fallback.js";
import { readByteLevelDecoder } from "./byte-level.js";
import type { Decoder } from "./decoder.js";
import { readFuseDecoder } from "./fuse.js";
import { readMetaspaceDecoder } from "./metaspace.js";
import { readReplaceDecoder } from "./replace.js";
import { readDecoderSequence } from "./sequence.js";
import { readStripDecoder } from "./strip.js";
import { readWordPieceDecoder } from "./word-piece.js";

/** Makes a decoder from its JSON, by its type. */
export const readDecoder: ReadStep<Decoder> = stepTable("decoder", {
  BPEDecoder: readBpeDecoder,
  ByteFallback: readByteFallbackDecoder,
  ByteLevel: readByteLevelDecoder,
  Fuse: readFuseDecoder,
  Metaspace: readMetaspaceDecoder,
  Replace: readReplaceDecoder,
  Sequence: readDecoderSequence,
  Strip: readStripDecoder,
  WordPiece: readWordPieceDecoder,
});
