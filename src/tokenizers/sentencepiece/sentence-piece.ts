import { FileError, OptionError, type Random } from "../../base/index.js";
import {
  decodeSentencePieceModel,
  encodeSentencePieceModel,
  type SentencePieceModel,
  type SentencePieceSettings,
} from "../../formats/sentencepiece.js";
import { type AlignedText, rawEnd, rawStart, rawText } from "../aligned-text.js";
import { bytePiece, utf8Bytes } from "../models/byte-pieces.js";
import type { TokenSink } from "../models/model.js";
import type { UnigramSegmenter } from "../models/unigram-segmenter.js";
import type { Normalizer } from "../normalizers/normalizer.js";
import { Trie } from "../trie.js";
import { CharacterMap } from "./character-map.js";
import { characterPieces } from "./character-pieces.js";
import { decodePieces } from "./decode-pieces.js";
import { mergePieces } from "./merge-pieces.js";
import { normalizerJson } from "./normalizer-json.js";
import { type PieceTable, pieceTable } from "./piece-table.js";
import { PieceList, type PieceSegmenter } from "./segmenter.js";
import { sentencePieceNormalizer } from "./sentence-piece-normalizer.js";
import { unigramPieces } from "./unigram-pieces.js";
import { wordPieces } from "./word-pieces.js";

/** The kinds of models by their number in a .model file. */
export const modelTypes = { 1: "unigram", 2: "bpe", 3: "word", 4: "char" } as const;
/** How a SentencePiece model cuts text. */
export type SentencePieceType = (typeof modelTypes)[keyof typeof modelTypes];

/** All of them. */
export const sentencePieceTypes: readonly SentencePieceType[] = Object.values(modelTypes);

/** A piece as it stands in a text. */
export interface SentencePieceToken {
  readonly piece: string;
  readonly id: number;
  /** Where in the raw text it stands, in UTF-16 units; of a character's bytes only the last has a length. */
  readonly start: number;
  readonly end: number;
}

/** One way to cut a text, and its score. */
export interface ScoredTokens {
  readonly tokens: readonly SentencePieceToken[];
  readonly score: number;
}

/** A SentencePiece model at work: it does what the library of that name does, with the same results. */
export interface SentencePiece {
  readonly type: SentencePieceType;
  readonly table: PieceTable;
  readonly model: SentencePieceModel;
  readonly normalizer: Normalizer;
  /** The text as the model sees it. */
  normalize(text: string): string;
  encode(text: string): SentencePieceToken[];
  /** The likeliest ways to cut a text, best first. Only unigram models can tell. */
  nBest(text: string, count: number): ScoredTokens[];
  /**
   * A random way to cut a text. Unigram models draw at a `temperature` (default 1; SentencePiece's alpha is
   * its inverse), BPE models leave each merge out with the probability `dropout` (default 0.1).
   */
  sample(
    text: string,
    random: Random,
    options?: { temperature?: number; dropout?: number },
  ): SentencePieceToken[];
  /** The log of the summed probability of all ways to cut a text. Only unigram models can tell. */
  logLikelihood(text: string): number;
  decode(ids: ArrayLike<number>): string;
  /** The strings that pieces stand for. */
  decodePieces(pieces: readonly string[]): string[];
  /** Write the tokens of normalised text. */
  tokenize(text: string, start: number, end: number, out: TokenSink): void;
  /** The .model file. */
  toBytes(): Uint8Array;
}

/**
 * Read a .model file. `path` begins every error.
 *
 * ```ts
 * const pieces = sentencePiece(await readFile("spiece.model"), "spiece.model");
 * pieces.encode("Hello world"); // [{ piece: "▁Hello", id: 8774, start: 0, end: 5 }, ...]
 * ```
 */
export function sentencePiece(bytes: Uint8Array, path: string): SentencePiece {
  return sentencePieceOf(decodeSentencePieceModel(bytes, path), path);
}

/** The same over a model that is already read, or was just trained. */
export function sentencePieceOf(model: SentencePieceModel, path: string): SentencePiece {
  const table = pieceTable(model, path);
  const type = typeOf(model.trainer, path);
  const { normalizer: settings, trainer } = model;
  const charsmap = settings["precompiled_charsmap"] as Uint8Array | undefined;
  const characterMap = charsmap?.length ? new CharacterMap(charsmap, path) : undefined;
  const flag = (from: SentencePieceSettings, name: string, absent: boolean): boolean =>
    (from[name] as boolean | undefined) ?? absent;
  const normalizerOptions = {
    characterMap,
    addDummyPrefix: flag(settings, "add_dummy_prefix", true),
    removeExtraWhitespaces: flag(settings, "remove_extra_whitespaces", true),
    escapeWhitespaces: flag(settings, "escape_whitespaces", true),
    whitespaceAsSuffix: flag(trainer, "treat_whitespace_as_suffix", false),
    userDefinedSymbols: table.userDefined,
  };
  const normalizer = sentencePieceNormalizer(normalizerOptions, () => normalizerJson(normalizerOptions));
  const symbols = new Trie();
  table.userDefined.forEach((symbol, index) => {
    symbols.add(symbol, index);
  });
  const merges = type === "bpe" ? mergePieces(table, symbols) : undefined;
  const unigram = type === "unigram" ? unigramPieces(table) : undefined;
  const segmenter: PieceSegmenter =
    unigram ?? merges ?? (type === "char" ? characterPieces(table, symbols) : wordPieces(table));
  const write = (
    text: string,
    start: number,
    ids: readonly number[],
    ends: readonly number[],
    out: TokenSink,
  ): void => writePieces(table, text, start, ids, ends, out);
  const place = (
    source: AlignedText,
    ids: readonly number[],
    ends: readonly number[],
  ): SentencePieceToken[] => {
    const tokens: SentencePieceToken[] = [];
    write(source.text, 0, ids, ends, {
      push(id, start, end, spelling) {
        const from = rawStart(source, start);
        tokens.push({
          piece: spelling ?? table.pieces[id]!,
          id,
          start: from,
          end: start === end ? from : rawEnd(source, end - 1),
        });
      },
    });
    return tokens;
  };
  const searches = (): UnigramSegmenter => {
    if (unigram !== undefined) return unigram;
    throw new OptionError(`${path}: a ${type} model has no probabilities of ways to cut a text`, {
      hint: "Use a unigram model for n-best and likelihoods.",
    });
  };
  const decode = (pieces: readonly string[]): string[] =>
    decodePieces(pieces, table, {
      unknownSurface: (trainer["unk_surface"] as string | undefined) ?? " \u2047 ",
      dropsFirstSpace: normalizerOptions.addDummyPrefix || normalizerOptions.removeExtraWhitespaces,
      dropsFirstSpaces: normalizerOptions.removeExtraWhitespaces,
    });

  return {
    type,
    table,
    model,
    normalizer,
    normalize: (text) => normalizer.normalize(rawText(text)).text,
    encode(text) {
      const source = normalizer.normalize(rawText(text));
      const found = new PieceList();
      segmenter.segment(source.text, 0, source.text.length, found);
      return place(source, found.ids, found.ends);
    },
    nBest(text, count) {
      const source = normalizer.normalize(rawText(text));
      const ways = searches().nBest(source.text, count);
      return ways.map(({ ids, ends, score }) => ({ tokens: place(source, ids, ends), score }));
    },
    sample(text, random, options = {}) {
      const source = normalizer.normalize(rawText(text));
      if (merges === undefined) {
        const { ids, ends } = searches().sample(source.text, random, options);
        return place(source, ids, ends);
      }
      const found = new PieceList();
      const dropout = { probability: options.dropout ?? 0.1, random };
      merges.segment(source.text, 0, source.text.length, found, dropout);
      return place(source, found.ids, found.ends);
    },
    logLikelihood: (text) => searches().logLikelihood(normalizer.normalize(rawText(text)).text),
    decode: (ids) => decode(Array.from(ids, (id) => table.pieces[id] ?? "")).join(""),
    decodePieces: decode,
    tokenize(text, start, end, out) {
      const found = new PieceList();
      segmenter.segment(text, start, end, found);
      write(text, start, found.ids, found.ends, out);
    },
    toBytes: () => encodeSentencePieceModel(model),
  };
}

/** Unknown characters that stand together become one token, or each its bytes. */
function writePieces(
  table: PieceTable,
  text: string,
  start: number,
  ids: readonly number[],
  ends: readonly number[],
  out: TokenSink,
): void {
  const { unknownId, byteIds } = table;
  let from = start;
  for (let k = 0; k < ids.length; k++) {
    const id = ids[k]!;
    if (id !== unknownId) out.push(id, from, ends[k]!);
    else if (byteIds !== undefined) {
      const bytes = utf8Bytes(text.slice(from, ends[k]!));
      bytes.forEach((byte, i) => {
        out.push(byteIds[byte]!, from, i === bytes.length - 1 ? ends[k]! : from, bytePiece(byte));
      });
    } else {
      while (ids[k + 1] === unknownId) k++;
      out.push(id, from, ends[k]!, text.slice(from, ends[k]!));
    }
    from = ends[k]!;
  }
}

function typeOf(trainer: SentencePieceSettings, path: string): SentencePieceType {
  const code = trainer["model_type"] ?? 1;
  if (Object.hasOwn(modelTypes, code as number)) return modelTypes[code as keyof typeof modelTypes];
  throw new FileError(
    path,
    `expected a model_type of 1 to 4 (unigram, bpe, word, char), got ${String(code)}`,
  );
}
