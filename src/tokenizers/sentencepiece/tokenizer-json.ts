import { FileError, type Json, type JsonObject } from "../../base/index.js";
import type { SentencePieceModel } from "../../formats/sentencepiece.js";
import { vocabularyTable } from "../models/vocabulary.js";
import { precompiled } from "../normalizers/precompiled.js";
import { CharacterMap } from "./character-map.js";
import { spaceSymbol } from "./space-symbol.js";
import type { TokenizerFamily } from "./tokenizer-families.js";

/** The tokenizer.json that a class of Python's transformers makes of a .model file. */
export function familyTokenizerJson(
  model: SentencePieceModel,
  family: TokenizerFamily,
  config: JsonObject,
  place: string,
): JsonObject {
  const entries = family.entries(model.pieces, config);
  const ids = new Map(entries.map(([piece], id) => [piece, id]));
  for (const token of family.appended?.(config) ?? []) if (!ids.has(token)) ids.set(token, ids.size);
  const idOf = (token: string): number => {
    const id = ids.get(token);
    if (id !== undefined) return id;
    throw new FileError(place, `expected the piece ${JSON.stringify(token)}, got none`, {
      hint: family.namesLanguages
        ? "If it is a language, name it in tokenizer_config.json under additional_special_tokens; else the model is of another kind than tokenizer_class says."
        : "The model is of another kind than tokenizer_class in tokenizer_config.json says.",
    });
  };
  const charsmap = model.normalizer["precompiled_charsmap"] as Uint8Array | undefined;
  const rules =
    charsmap?.length && !family.ignoresRules ? [precompiled(new CharacterMap(charsmap, place)).toJson()] : [];
  const normalizers = [...(family.before?.(config) ?? []), ...rules, ...(family.after ?? [])];
  const metaspace = { type: "Metaspace", replacement: spaceSymbol, prepend_scheme: "always", split: true };
  return {
    version: "1.0",
    added_tokens: addedTokens(model, family, config, ids),
    normalizer: normalizers.length === 0 ? null : { type: "Sequence", normalizers },
    pre_tokenizer: family.splitsWhitespace
      ? { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] }
      : metaspace,
    post_processor: familyForms(family, config, idOf),
    decoder: metaspace,
    model:
      family.model === "BPE"
        ? bpeJson(
            entries.map(([piece]) => piece),
            family.unknown,
            false,
          )
        : { type: "Unigram", unk_id: idOf(family.unknown), vocab: entries, byte_fallback: false },
  };
}

/** The forms of texts with their special tokens, as tokenizer.json has them. */
export function familyForms(
  family: TokenizerFamily,
  config: JsonObject,
  idOf: (token: string) => number,
): JsonObject {
  return templateJson(family.single(config), family.pair(config), idOf);
}

function bpeJson(vocabulary: readonly string[], unknown: string, byteFallback: boolean): JsonObject {
  return {
    type: "BPE",
    dropout: null,
    unk_token: unknown,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: true,
    byte_fallback: byteFallback,
    ignore_merges: false,
    vocab: vocabularyTable(vocabulary),
    merges: mergesOf(vocabulary),
  };
}

/** The tokenizer.json of Llama's kind: BPE with byte fallback over the whole text. */
export function llamaTokenizerJson(model: SentencePieceModel, config: JsonObject): JsonObject {
  const vocabulary = model.pieces.map(({ piece }) => piece);
  const special = model.pieces.flatMap(({ piece, type }, id) =>
    type === "control" || type === "unknown" ? [addedToken(piece, id, true)] : [],
  );
  const own = model.pieces.flatMap(({ piece, type }, id) =>
    type === "user-defined" ? [addedToken(piece, id, false)] : [],
  );
  const hasPrefix = config["add_prefix_space"] !== false;
  const scheme = !hasPrefix ? "never" : config["legacy"] === true ? "always" : "first";
  const around = (key: string, usual: string): string[] =>
    config[key] === true && vocabulary.includes(usual) ? [usual] : [];
  const begin = around("add_bos_token", "<s>");
  const end = around("add_eos_token", "</s>");
  const form = (text: string): string => [...begin, text, ...end].join(" ");
  const second = [...begin.map((token) => `${token}:1`), "B:1", ...end.map((token) => `${token}:1`)].join(
    " ",
  );
  return {
    version: "1.0",
    added_tokens: [...special, ...own].sort((one, other) => one.id - other.id),
    normalizer: null,
    pre_tokenizer: { type: "Metaspace", replacement: spaceSymbol, prepend_scheme: scheme, split: false },
    post_processor: templateJson(form("A"), `${form("A")} ${second}`, (token) => vocabulary.indexOf(token)),
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: spaceSymbol }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...(hasPrefix ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
      ],
    },
    model: bpeJson(vocabulary, "<unk>", true),
  };
}

/**
 * The merges that make the pieces, which a .model file does not list: every way to put a piece together from
 * two others, in the order of the ids.
 */
export function mergesOf(vocabulary: readonly string[]): [string, string][] {
  const ids = new Map(vocabulary.map((piece, id) => [piece, id]));
  const merges: { left: string; right: string; id: number }[] = [];
  vocabulary.forEach((piece, id) => {
    const characters = [...piece];
    const ways: { left: string; right: string; id: number }[] = [];
    for (let k = 1; k < characters.length; k++) {
      const left = characters.slice(0, k).join("");
      const right = characters.slice(k).join("");
      if (ids.has(left) && ids.has(right)) ways.push({ left, right, id });
    }
    merges.push(...ways);
  });
  const length = (text: string): number => [...text].length;
  return merges
    .sort(
      (one, other) =>
        one.id - other.id || length(one.left) - length(other.left) || length(one.right) - length(other.right),
    )
    .map(({ left, right }) => [left, right]);
}

interface AddedTokenJson extends Record<string, Json> {
  readonly id: number;
  readonly content: string;
}

function addedToken(content: string, id: number, special: boolean): AddedTokenJson {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special };
}

/** Control pieces and the family's special tokens are special, user-defined pieces are not. */
function addedTokens(
  model: SentencePieceModel,
  family: TokenizerFamily,
  config: JsonObject,
  ids: ReadonlyMap<string, number>,
): AddedTokenJson[] {
  const special = new Map<string, boolean>();
  for (const { piece, type } of model.pieces) {
    if (type === "control" || type === "user-defined") special.set(piece, type === "control");
  }
  for (const token of [...Object.values(family.special), ...(family.further?.(config) ?? [])]) {
    special.set(token, true);
  }
  return [...special]
    .flatMap(([piece, isSpecial]) => {
      const id = ids.get(piece);
      if (id === undefined) return [];
      const token = addedToken(piece, id, isSpecial);
      return [piece === family.special.mask ? { ...token, ...family.mask } : token];
    })
    .sort((one, other) => one.id - other.id);
}

/** A form such as `[CLS] A [SEP] B:1 [SEP]:1` as tokenizer.json writes it. */
function templateJson(single: string, pair: string, idOf: (token: string) => number): JsonObject {
  const special: Record<string, Json> = {};
  const pieces = (form: string): JsonObject[] =>
    form.split(" ").map((part) => {
      const [, token, digit] = /^(.+?)(?::(\d))?$/.exec(part)!;
      const typeId = Number(digit ?? 0);
      if (token === "A" || token === "B") return { Sequence: { id: token, type_id: typeId } };
      special[token!] = { id: token!, ids: [idOf(token!)], tokens: [token!] };
      return { SpecialToken: { id: token!, type_id: typeId } };
    });
  return { type: "TemplateProcessing", single: pieces(single), pair: pieces(pair), special_tokens: special };
}
