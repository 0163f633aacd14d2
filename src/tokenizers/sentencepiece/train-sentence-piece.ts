import { OptionError } from "../../base/index.js";
import type {
  SentencePieceEntry,
  SentencePieceModel,
  SentencePieceSettings,
} from "../../formats/sentencepiece.js";
import { bytePiece } from "../models/byte-pieces.js";
import { type CountWordsOptions, countWords } from "../trainers/count-words.js";
import { characterPieces, frequentWords } from "../trainers/frequent-pieces.js";
import { mergedPieces } from "../trainers/merged-pieces.js";
import { type UnigramPiecesOptions, unigramPieces } from "../trainers/unigram-pieces.js";
import type { WordCounts } from "../trainers/word-counts.js";
import { CharacterMap } from "./character-map.js";
import { modelTypes, type SentencePieceType } from "./sentence-piece.js";
import { sentencePieceNormalizer } from "./sentence-piece-normalizer.js";
import { sentenceWords, withoutPieces } from "./sentence-words.js";
import { spaceSymbol } from "./space-symbol.js";

/** How a SentencePiece model is learnt. Seeds, shrinking and passes are of unigram models alone. */
export interface TrainSentencePieceOptions extends Omit<UnigramPiecesOptions, "pieceCount"> {
  /** How the model is to cut text. Default `unigram`. */
  type?: SentencePieceType;
  /** All pieces, those with a meaning of their own included. Default 8000. */
  vocabularySize?: number;
  /**
   * The normaliser by the settings of a .model file, for instance those of another model, whose rules are then
   * taken over. Default: text is left as it is, but for spaces.
   */
  normalizer?: SentencePieceSettings;
  /** The ids of the pieces that are no text, -1 for none. Default 0, 1, 2 and -1. */
  ids?: { unknown?: number; begin?: number; end?: number; pad?: number };
  /** Further pieces that are no text. */
  controlSymbols?: readonly string[];
  /** Strings that are always one piece. */
  userDefinedSymbols?: readonly string[];
  /** Have a piece for every byte, by which unknown characters are spelt. Default false. */
  byteFallback?: boolean;
  /** How words are counted: memory, where to spill to, progress. */
  counting?: Omit<CountWordsOptions, "normalizer" | "preTokenizer">;
}

/**
 * Learn a .model as SentencePiece does, from raw sentences: nothing has to be cut into words before,
 * so that text without spaces, such as Japanese, is treated as any other.
 *
 * ```ts
 * const model = await trainSentencePiece(["吾輩は猫である。", "名前はまだ無い。"], { vocabularySize: 20 });
 * await writeFile("spiece.model", encodeSentencePieceModel(model));
 * ```
 */
export async function trainSentencePiece(
  sentences: Iterable<string> | AsyncIterable<string>,
  options: TrainSentencePieceOptions = {},
): Promise<SentencePieceModel> {
  const { type = "unigram", vocabularySize = 8000, normalizer = { name: "identity" } } = options;
  const { userDefinedSymbols = [] } = options;
  const { byteFallback = false, whitespaceAsSuffix = false } = options;
  const meta = metaPieces(options);
  const charsmap = normalizer["precompiled_charsmap"] as Uint8Array | undefined;
  const step = sentencePieceNormalizer(
    {
      characterMap: charsmap?.length ? new CharacterMap(charsmap, "normalizer") : undefined,
      addDummyPrefix: normalizer["add_dummy_prefix"] !== false,
      removeExtraWhitespaces: normalizer["remove_extra_whitespaces"] !== false,
      escapeWhitespaces: normalizer["escape_whitespaces"] !== false,
      whitespaceAsSuffix,
      userDefinedSymbols,
    },
    () => ({}),
  );
  const counts = await countWords(sentences, {
    ...options.counting,
    normalizer: withoutPieces(
      step,
      meta.map(({ piece }) => piece),
    ),
    preTokenizer: sentenceWords(options),
  });
  if (counts.size === 0) throw new OptionError("expected sentences to learn from, got none");
  const learnt = pieceTrainers[type](counts, { ...options, pieceCount: vocabularySize - meta.length });
  const pieces = placed(meta, learnt);
  const [code] = Object.entries(modelTypes).find(([, one]) => one === type)!;
  return {
    pieces,
    trainer: {
      model_type: Number(code),
      vocab_size: pieces.length,
      ...(options.controlSymbols?.length ? { control_symbols: options.controlSymbols } : {}),
      ...(userDefinedSymbols.length > 0 ? { user_defined_symbols: userDefinedSymbols } : {}),
      ...(whitespaceAsSuffix ? { treat_whitespace_as_suffix: true } : {}),
      ...(byteFallback ? { byte_fallback: true } : {}),
      ...idSettings(options),
    },
    normalizer,
    denormalizer: undefined,
  };
}

/** What finds the pieces of each kind of model, each with its score. */
const pieceTrainers: Readonly<
  Record<
    SentencePieceType,
    (words: WordCounts, options: UnigramPiecesOptions) => [piece: string, score: number][]
  >
> = {
  unigram: unigramPieces,
  bpe: mergedPieces,
  char: characterPieces,
  word: frequentWords,
};

/** A piece with its place in the vocabulary, where that is given. */
interface MetaPiece extends SentencePieceEntry {
  readonly id?: number;
}

/** The pieces that are not learnt: first those with ids of their own, then the others in their order. */
function metaPieces(options: TrainSentencePieceOptions): MetaPiece[] {
  const { unknown = 0, begin = 1, end = 2, pad = -1 } = options.ids ?? {};
  if (unknown < 0) throw new OptionError(`ids: expected an id for the unknown piece, got ${unknown}`);
  const meta: MetaPiece[] = [{ piece: "<unk>", score: 0, type: "unknown", id: unknown }];
  for (const [piece, id] of [["<s>", begin] as const, ["</s>", end] as const, ["<pad>", pad] as const]) {
    if (id >= 0) meta.push({ piece, score: 0, type: "control", id });
  }
  for (const piece of options.controlSymbols ?? []) meta.push({ piece, score: 0, type: "control" });
  for (const piece of options.userDefinedSymbols ?? []) {
    meta.push({ piece, score: 0, type: "user-defined" });
    // to a model of words it is a word also with the space before it
    const spaced = spaceSymbol + piece;
    if (options.type === "word" && !piece.startsWith(spaceSymbol))
      meta.push({ piece: spaced, score: 0, type: "user-defined" });
  }
  if (options.byteFallback) {
    for (let byte = 0; byte < 256; byte++) meta.push({ piece: bytePiece(byte), score: 0, type: "byte" });
  }
  const names = new Set(meta.map(({ piece }) => piece));
  const ids = new Set(meta.flatMap(({ id }) => (id === undefined ? [] : [id])));
  if (names.size !== meta.length || ids.size !== meta.filter(({ id }) => id !== undefined).length) {
    throw new OptionError("ids and symbols: expected every id and every symbol once");
  }
  return meta;
}

function placed(
  meta: readonly MetaPiece[],
  learnt: readonly (readonly [piece: string, score: number])[],
): SentencePieceEntry[] {
  const entries: SentencePieceEntry[] = [];
  const free: SentencePieceEntry[] = [];
  for (const { id, ...entry } of meta) {
    if (id === undefined) free.push(entry);
    else entries[id] = entry;
  }
  const names = new Set(meta.map(({ piece }) => piece));
  for (const [piece, score] of learnt) {
    if (!names.has(piece)) free.push({ piece, score: Math.fround(score), type: "normal" });
  }
  let next = 0;
  for (const entry of free) {
    while (entries[next] !== undefined) next++;
    entries[next] = entry;
  }
  if (Object.keys(entries).length !== entries.length) {
    throw new OptionError(
      `ids: expected ids below ${meta.length + learnt.length}, got ${entries.length - 1}`,
    );
  }
  return entries;
}

/** Only ids that are not the usual ones are written. */
function idSettings({ ids = {} }: TrainSentencePieceOptions): SentencePieceSettings {
  const settings: Record<string, number> = {};
  if (ids.unknown !== undefined) settings["unk_id"] = ids.unknown;
  if (ids.begin !== undefined) settings["bos_id"] = ids.begin;
  if (ids.end !== undefined) settings["eos_id"] = ids.end;
  if (ids.pad !== undefined) settings["pad_id"] = ids.pad;
  return settings;
}
