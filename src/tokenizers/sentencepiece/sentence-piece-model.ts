import type { JsonObject } from "../../base/index.js";
import type { Decoder } from "../decoders/decoder.js";
import type { Model } from "../models/model.js";
import { vocabularyTable } from "../models/vocabulary.js";
import type { SentencePiece } from "./sentence-piece.js";
import { mergesOf } from "./tokenizer-json.js";

/** A SentencePiece model as the model step of a pipeline, over text that its own normaliser has written. */
export function sentencePieceModel(pieces: SentencePiece): Model {
  const { table } = pieces;
  const unknownToken = table.pieces[table.unknownId]!;
  return {
    vocabulary: table.pieces,
    unknownToken,
    tokenToId(token) {
      const id = table.idOf(token);
      return table.pieces[id] === token ? id : undefined;
    },
    tokenize: (text, start, end, out) => pieces.tokenize(text, start, end, out),
    toJson: () => modelJson(pieces),
    files: () => new Map(),
  };
}

/**
 * The decoder that goes with it. `added` tokens are written as they are; the text between two of them was normalised by
 * itself and is decoded so.
 */
export function sentencePieceDecoder(pieces: SentencePiece, added: ReadonlySet<string> = new Set()): Decoder {
  return {
    decode(tokens) {
      const texts: string[] = [];
      let from = 0;
      for (let at = 0; at <= tokens.length; at++) {
        if (at < tokens.length && !added.has(tokens[at]!)) continue;
        texts.push(...pieces.decodePieces(tokens.slice(from, at)));
        if (at < tokens.length) texts.push(tokens[at]!);
        from = at + 1;
      }
      return texts;
    },
    toJson: () => ({
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    }),
  };
}

/** The model of tokenizer.json that gives the same tokens. */
function modelJson({ type, table }: SentencePiece): JsonObject {
  const byteFallback = table.byteIds !== undefined;
  const unknown = table.pieces[table.unknownId]!;
  if (type === "unigram") {
    const vocab = table.pieces.map((piece, id) => [piece, table.scores[id]!]);
    return { type: "Unigram", unk_id: table.unknownId, vocab, byte_fallback: byteFallback };
  }
  const vocab = vocabularyTable(table.pieces);
  if (type === "word") return { type: "WordLevel", vocab, unk_token: unknown };
  return {
    type: "BPE",
    dropout: null,
    unk_token: unknown,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: true,
    byte_fallback: byteFallback,
    ignore_merges: false,
    vocab,
    merges: type === "bpe" ? mergesOf(table.pieces) : [],
  };
}
