import { FileError, type JsonObject, OptionError, Random } from "../../base/index.js";
import { booleanField, objectField, stringField, wrongField } from "../step-fields.js";
import { type Merge, mergeLines, readMerges } from "./bpe-merges.js";
import { bytePieceIds, utf8Bytes } from "./byte-pieces.js";
import { joined } from "./growth.js";
import { MergeSeams } from "./merge-seams.js";
import { mergeSymbols, mergeWithDropout } from "./merge-symbols.js";
import { MergeTable } from "./merge-table.js";
import type { Model, TokenSink } from "./model.js";
import { SymbolIds } from "./symbol-ids.js";
import { Symbols } from "./symbols.js";
import { readVocabulary, vocabularyTable } from "./vocabulary.js";
import { WordCache } from "./word-cache.js";

/** What a BPE model knows beside its vocabulary and merges. */
export interface BpeOptions {
  /** Stands for characters that the vocabulary has not; must be in it. Without one they are left out. */
  unknownToken?: string | undefined;
  /** Marks the tokens that continue a word. Default: nothing does. */
  continuingPrefix?: string | undefined;
  /** Marks the tokens that end a word. Default: nothing does. */
  endOfWordSuffix?: string | undefined;
  /** Make one token of unknown characters side by side. Default false. */
  fuseUnknown?: boolean;
  /** Write a character that the vocabulary has not as its bytes, `<0xE3>` and so on. Default false. */
  byteFallback?: boolean;
  /** Take a word that is a token whole, though no merges lead to it. Default false. */
  ignoreMerges?: boolean;
  /** The probability with which a merge is passed over (BPE-dropout). Default: none is. */
  dropout?: number | undefined;
  /** Draws for dropout. Default: seed 0. */
  random?: Random;
}

/** Words of no more units are mostly known as a whole. */
const shortWord = 16;

/**
 * Byte-pair encoding (Sennrich et al., 2016, https://arxiv.org/abs/1508.07909): a word begins as its
 * characters; of all neighbours the pair that comes first in `merges` is made one token, until none is left
 * to be merged. `place` names the vocabulary in errors.
 */
export function bpe(
  vocabulary: readonly string[],
  merges: readonly Merge[],
  options: BpeOptions,
  place: string,
): Model {
  const { continuingPrefix, endOfWordSuffix, fuseUnknown = false, byteFallback = false } = options;
  const { ignoreMerges = false, dropout, random = new Random(0) } = options;
  if (dropout !== undefined && !(dropout >= 0 && dropout <= 1)) {
    throw new OptionError(`dropout: expected a probability from 0 to 1, got ${dropout}`);
  }
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const table = mergeTable(ids, merges, continuingPrefix ?? "", place);
  const symbolIds = new SymbolIds(ids, continuingPrefix ?? "", endOfWordSuffix ?? "");
  const byteIds = byteFallback ? bytePieceIds((piece) => ids.get(piece) ?? -1) : undefined;
  const unknownId = unknownIdOf(ids, options.unknownToken, place);
  const cache = new WordCache();
  // of words that are tokens, merges or not, a part is none
  const partCache = ignoreMerges ? new WordCache() : cache;
  const symbols = new Symbols();
  const seams =
    continuingPrefix || endOfWordSuffix || merges.some(([left, right]) => left === "" || right === "")
      ? undefined
      : MergeSeams.of(symbolIds.unitIds, merges);

  /** The word's characters as symbols. */
  const spell = (text: string, start: number, end: number): void => {
    symbols.length = 0;
    let lastIsUnknown = false; // and takes further unknown characters in
    for (let at = start; at < end; ) {
      const next = at + symbolIds.unitsAt(text, at, end);
      const [isFirst, isLast] = [at === start, next === end];
      const id = symbolIds.idOf(text, at, next, isFirst, isLast);
      let isUnknown = false;
      if (id >= 0) symbols.push(id, at, next);
      else if (!byteFallback || !pushBytes(symbolIds.spelling(text, at, next, isFirst, isLast), at, next)) {
        if (unknownId !== undefined && !lastIsUnknown) symbols.push(unknownId, at, next);
        else if (unknownId !== undefined) symbols.ends[symbols.length - 1] = next;
        isUnknown = fuseUnknown && unknownId !== undefined;
      }
      lastIsUnknown = isUnknown;
      at = next;
    }
  };
  /** A character as its bytes, each of which stands for all of it; false if one of them is no token. */
  const pushBytes = (spelling: string, at: number, next: number): boolean => {
    const found = utf8Bytes(spelling).map((byte) => byteIds![byte]!);
    if (found.includes(-1)) return false;
    for (const id of found) symbols.push(id, at, next);
    return true;
  };

  /** Write the tokens of a word, or of a part of one, and keep them for the next time. */
  const writeMerged = (known: WordCache, text: string, start: number, end: number, out: TokenSink): void => {
    const hash = known.hash(text, start, end);
    if (hash >= 0 && known.write(hash, text, start, end, out)) return;
    const whole = ignoreMerges && known === cache ? ids.get(text.slice(start, end)) : undefined;
    if (whole !== undefined) {
      symbols.length = 0;
      symbols.push(whole, start, end);
    } else {
      spell(text, start, end);
      mergeSymbols(symbols, table);
    }
    if (hash >= 0) known.add(hash, text, start, end, symbols);
    symbols.write(out);
  };
  /** Write the parts of a long word; false if it has none. */
  const writeParts = (text: string, start: number, end: number, out: TokenSink): boolean => {
    if (seams === undefined || end - start <= shortWord) return false;
    if (ignoreMerges && ids.has(text.slice(start, end))) return false;
    const count = seams.cut(text, start, end);
    if (count < 2) return false;
    const { ends } = seams;
    let from = start;
    for (let part = 0; part < count; part++) {
      const to = ends[part]!;
      if (to - from > 1) writeMerged(partCache, text, from, to, out);
      else out.push(symbolIds.unitIds[text.charCodeAt(from)]!, from, to);
      from = to;
    }
    return true;
  };

  return {
    vocabulary,
    unknownToken: options.unknownToken || undefined,
    tokenToId: (token) => ids.get(token),
    tokenize(text, start, end, out) {
      if (dropout !== undefined && dropout > 0) {
        spell(text, start, end);
        mergeWithDropout(symbols, table, dropout, random);
        symbols.write(out);
        return;
      }
      if (!writeParts(text, start, end, out)) writeMerged(cache, text, start, end, out);
    },
    toJson: () => ({
      type: "BPE",
      dropout: dropout ?? null,
      unk_token: options.unknownToken ?? null,
      continuing_subword_prefix: continuingPrefix ?? null,
      end_of_word_suffix: endOfWordSuffix ?? null,
      fuse_unk: fuseUnknown,
      byte_fallback: byteFallback,
      ignore_merges: ignoreMerges,
      vocab: vocabularyTable(vocabulary),
      merges,
    }),
    growth: {
      continuingPrefix: continuingPrefix ?? "",
      endOfWordSuffix: endOfWordSuffix ?? "",
      needsHalves: true,
      // behind all others, so that a word is first cut as before
      extend: (further, between) =>
        bpe([...vocabulary, ...between, ...further.pieces], [...merges, ...further.merges], options, place),
    },
    files() {
      const lines = mergeLines(merges);
      if (lines === undefined) return new Map();
      return new Map([
        ["vocab.json", `${JSON.stringify(vocabularyTable(vocabulary))}\n`],
        ["merges.txt", lines],
      ]);
    },
  };
}

/** The step from its JSON. */
export function readBpe(json: JsonObject, place: string, added: ReadonlyMap<number, string>): Model {
  const optional = (key: string): string | undefined =>
    (json[key] ?? null) === null ? undefined : stringField(json, key, place);
  const dropout = json["dropout"] ?? null;
  if (dropout !== null && !(typeof dropout === "number" && dropout >= 0 && dropout <= 1)) {
    throw wrongField(place, "dropout", "a number from 0 to 1", dropout);
  }
  return bpe(
    readVocabulary(objectField(json, "vocab", place), `${place}, vocab`, added),
    readMerges(json["merges"], place),
    {
      unknownToken: optional("unk_token"),
      continuingPrefix: optional("continuing_subword_prefix"),
      endOfWordSuffix: optional("end_of_word_suffix"),
      fuseUnknown: booleanField(json, "fuse_unk", place, false),
      byteFallback: booleanField(json, "byte_fallback", place, false),
      ignoreMerges: booleanField(json, "ignore_merges", place, false),
      dropout: dropout ?? undefined,
    },
    place,
  );
}

function mergeTable(
  ids: ReadonlyMap<string, number>,
  merges: readonly Merge[],
  prefix: string,
  place: string,
): MergeTable {
  const table = new MergeTable(merges.length);
  merges.forEach(([left, right], rank) => {
    const where = `${place}, merges[${rank}]`;
    const [leftId, rightId, resultId] = [left, right, joined(left, right, prefix)].map((token) => {
      const id = ids.get(token);
      if (id !== undefined) return id;
      throw new FileError(where, `expected ${JSON.stringify(token)} in the vocabulary, got none`, {
        hint: "The vocabulary and the merges belong to different tokenizers, or one of them is damaged.",
      });
    });
    const known = table.add(leftId!, rightId!, resultId!);
    if (known >= 0) {
      const shown = JSON.stringify([left, right]);
      throw new FileError(where, `expected every merge once, got ${shown} as in merges[${known}]`);
    }
  });
  return table;
}

/** GPT-2's files name no unknown token by the empty string. */
function unknownIdOf(
  ids: ReadonlyMap<string, number>,
  token: string | undefined,
  place: string,
): number | undefined {
  if (token === undefined || token === "") return undefined;
  const id = ids.get(token);
  if (id !== undefined) return id;
  throw new FileError(
    place,
    `expected the unknown token ${JSON.stringify(token)} in the vocabulary, got none`,
    { hint: "Name the vocabulary's own unknown token (unk_token), or add this one to it." },
  );
}
