import { internal, type Json, type JsonObject } from "../../base/index.js";
import { byteAlphabet } from "../byte-alphabet.js";
import { bpe } from "../models/bpe.js";
import type { Model } from "../models/model.js";
import { unigram } from "../models/unigram.js";
import { wordPiece } from "../models/word-piece.js";
import { trainBpe } from "./bpe.js";
import type { TrainProgress } from "./trainer.js";
import { unigramPieces } from "./unigram-pieces.js";
import type { WordCounts } from "./word-counts.js";
import { trainWordPiece } from "./word-piece.js";

/** What a model is learnt anew by. */
export interface RelearnOptions {
  /** Ids of the vocabulary, those of `kept` included. */
  readonly vocabularySize: number;
  /** Tokens that keep their ids, such as special ones. */
  readonly kept: ReadonlyMap<number, string>;
  /** Whether words come as bytes, of which all are to be spelt. */
  readonly isByteLevel: boolean;
  readonly onProgress?: (progress: TrainProgress) => void;
}

/** Learns a model of the kind and with the settings of `old`. */
type Relearn = (words: WordCounts, old: JsonObject, options: RelearnOptions) => Model;

const place = "vocabulary";

const byType: Readonly<Record<string, Relearn>> = {
  WordPiece(words, old, options) {
    const settings = {
      unknownToken: old["unk_token"] as string,
      continuingPrefix: old["continuing_subword_prefix"] as string,
      maxCharactersPerWord: old["max_input_chars_per_word"] as number,
    };
    const { continuingPrefix } = settings;
    const learnt = trainWordPiece(words, { ...sizes(options), specialTokens: [], continuingPrefix });
    return wordPiece(placed(learnt, options), settings, place);
  },
  BPE(words, old, options) {
    const text = (key: string): string | undefined => (old[key] as string | null) ?? undefined;
    const marks = {
      continuingPrefix: text("continuing_subword_prefix"),
      endOfWordSuffix: text("end_of_word_suffix"),
    };
    const initialAlphabet = options.isByteLevel ? byteAlphabet() : [];
    const learnt = trainBpe(words, { ...sizes(options), ...marks, specialTokens: [], initialAlphabet });
    const settings = {
      ...marks,
      unknownToken: text("unk_token"),
      fuseUnknown: old["fuse_unk"] === true,
      byteFallback: old["byte_fallback"] === true,
      ignoreMerges: old["ignore_merges"] === true,
      dropout: (old["dropout"] as number | null) ?? undefined,
    };
    return bpe(placed(learnt.vocabulary, options), learnt.merges, settings, place);
  },
  Unigram(words, old, options) {
    const { vocabularySize: pieceCount, ...rest } = sizes(options);
    const learnt = new Map(unigramPieces(words, { pieceCount, ...rest }));
    const before = new Map(old["vocab"] as unknown as readonly (readonly [string, number])[]);
    const scoreOf = (piece: string): number => learnt.get(piece) ?? before.get(piece) ?? 0;
    const pieces = placed([...learnt.keys()], options).map((piece) => [piece, scoreOf(piece)] as const);
    const unknownId = (old["unk_id"] as number | null) ?? undefined;
    return unigram(pieces, { unknownId, byteFallback: old["byte_fallback"] === true }, place);
  },
};

/** A model of the same kind and settings as another, learnt from words. */
export function relearnModel(words: WordCounts, old: Model, options: RelearnOptions): Model {
  const json = old.toJson();
  const relearn = byType[json["type"] as string];
  if (relearn === undefined) throw internal(`a model ${String(json["type"] as Json)} is not learnt anew`);
  return relearn(words, json, options);
}

/** What is left to be learnt. */
function sizes({
  vocabularySize,
  kept,
  onProgress,
}: RelearnOptions): { vocabularySize: number } & Pick<RelearnOptions, "onProgress"> {
  return { vocabularySize: vocabularySize - kept.size, ...(onProgress === undefined ? {} : { onProgress }) };
}

/** Learnt pieces at the ids that are free; as many ids as there are pieces for. */
function placed(learnt: readonly string[], { kept, vocabularySize }: RelearnOptions): string[] {
  const keptTokens = new Set(kept.values());
  const pieces = learnt.filter((piece) => !keptTokens.has(piece));
  const vocabulary: string[] = [];
  for (let next = 0; vocabulary.length < vocabularySize; ) {
    const token = kept.get(vocabulary.length) ?? pieces[next++];
    if (token === undefined) break;
    vocabulary.push(token);
  }
  return vocabulary;
}
