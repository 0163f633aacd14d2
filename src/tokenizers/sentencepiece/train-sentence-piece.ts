import { OptionError } from "../../base/index.js";
import type {
  SentencePieceEntry,
  SentencePieceModel,
  SentencePieceSettings,
} from "../../formats/sentencepiece.js";
import { rawText } from "../aligned-text.js";
import { bytePiece } from "../models/byte-pieces.js";
import { sentenceEnd } from "../trainers/unigram-corpus.js";
import { type UnigramPiecesOptions, unigramPieces } from "../trainers/unigram-pieces.js";
import { CharacterMap } from "./character-map.js";
import { sentencePieceNormalizer } from "./sentence-piece-normalizer.js";
import { forEachWord } from "./word-pieces.js";

/** How a SentencePiece model is learnt. */
export interface TrainSentencePieceOptions extends Omit<UnigramPiecesOptions, "pieceCount"> {
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
}

/**
 * Learn a unigram .model as SentencePiece does, from raw sentences: nothing has to be cut into words before,
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
  const { vocabularySize = 8000, normalizer = { name: "identity" }, userDefinedSymbols = [] } = options;
  const { byteFallback = false, whitespaceAsSuffix = false, splitByWhitespace = true } = options;
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
  const words = new Map<string, number>();
  for await (const sentence of sentences) {
    let text = step.normalize(rawText(sentence)).text;
    // No piece may reach into a piece with a meaning of its own.
    for (const { piece } of meta) text = text.replaceAll(piece, "\t");
    const count = (from: number, to: number): void => {
      const word = text.slice(from, to) + (to === text.length ? sentenceEnd : "");
      words.set(word, (words.get(word) ?? 0) + 1);
    };
    if (splitByWhitespace) forEachWord(text, 0, text.length, whitespaceAsSuffix, count);
    else if (text !== "") count(0, text.length);
  }
  if (words.size === 0) throw new OptionError("expected sentences to learn from, got none");
  const counts = {
    size: words.size,
    forEach(visit: (word: string, count: number) => void): void {
      for (const [word, count] of words) visit(word, count);
    },
  };
  const pieces = unigramPieces(counts, { ...options, pieceCount: vocabularySize - meta.length });
  return {
    pieces: placed(meta, pieces),
    trainer: {
      model_type: 1,
      vocab_size: vocabularySize,
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
  for (const piece of options.userDefinedSymbols ?? []) meta.push({ piece, score: 0, type: "user-defined" });
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
