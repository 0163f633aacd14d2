import { rawText } from "../aligned-text.js";
import type { Normalizer } from "../normalizers/normalizer.js";
import type { PreTokenizer } from "../pre-tokenizers/pre-tokenizer.js";
import { sentenceEnd } from "../trainers/unigram-corpus.js";
import type { SentencePieceType } from "./sentence-piece.js";
import { forEachWord } from "./word-pieces.js";

/** How sentences become the words that a SentencePiece model is learnt from. */
export interface SentenceWordsOptions {
  /** Default `unigram`, which is told where sentences end. */
  type?: SentencePieceType;
  /** Default true; without, a sentence is one word. */
  splitByWhitespace?: boolean;
  /** Spaces belong to the word before them. Default false. */
  whitespaceAsSuffix?: boolean;
}

/** Cut normalised sentences as SentencePiece's trainers do. */
export function sentenceWords(options: SentenceWordsOptions): PreTokenizer {
  const { type = "unigram", splitByWhitespace = true, whitespaceAsSuffix = false } = options;
  return {
    split({ source }) {
      const { text } = source;
      const bounds: number[] = [];
      if (type !== "word" && !splitByWhitespace) bounds.push(0, text.length);
      else {
        const isSuffix = type !== "word" && whitespaceAsSuffix;
        forEachWord(text, 0, text.length, isSuffix, (from, to) => bounds.push(from, to));
      }
      if (type !== "unigram") return { source, bounds };
      bounds[bounds.length - 1]! += sentenceEnd.length;
      return { source: rawText(text + sentenceEnd), bounds };
    },
    toJson: () => ({ type: "SentenceWords" }),
  };
}

/** A tab where a piece with a meaning of its own stands, the longest of those that begin there: nothing reaches across. */
export function withoutPieces(normalizer: Normalizer, pieces: readonly string[]): Normalizer {
  const escaped = pieces
    .toSorted((one, other) => other.length - one.length)
    .map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  const anyPiece = new RegExp(escaped.join("|"), "g");
  return {
    normalize: (source) => rawText(normalizer.normalize(source).text.replace(anyPiece, "\t")),
    toJson: () => normalizer.toJson(),
  };
}
