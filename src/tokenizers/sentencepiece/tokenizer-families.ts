import type { JsonObject } from "../../base/index.js";
import type { SentencePieceEntry } from "../../formats/sentencepiece.js";
import type { SpecialRole } from "../tokenizer.js";

/** A piece and its score, as tokenizer.json has them. */
export type ScoredPiece = readonly [piece: string, score: number];

/**
 * What a class of Python's transformers makes of a .model file: its ids, and the steps around the model. The
 * facts are those of its slow-to-fast converters.
 */
export interface TokenizerFamily {
  /** The vocabulary: most models have the pieces as they are, those from fairseq begin otherwise. */
  entries(pieces: readonly SentencePieceEntry[], config: JsonObject): ScoredPiece[];
  readonly unknown: string;
  /** The normalisers before the precompiled rules, and those after them. */
  before?(config: JsonObject): JsonObject[];
  readonly after?: readonly JsonObject[];
  /** Whether the model's own precompiled rules are left out. */
  readonly ignoresRules?: boolean;
  /** Whether text is cut at white space first. */
  readonly splitsWhitespace: boolean;
  /** The forms for one text and two: tokens, or `A` and `B` for the texts, with type ids behind a colon. */
  readonly single: string | ((config: JsonObject) => string);
  readonly pair: string | ((config: JsonObject) => string);
  readonly special: Partial<Record<SpecialRole, string>>;
  /** Further special tokens beside the control pieces. */
  readonly further?: readonly string[];
}

const asTheyAre = (pieces: readonly SentencePieceEntry[]): ScoredPiece[] =>
  pieces.map(({ piece, score }) => [piece, score]);

const unscored = (tokens: readonly string[]): ScoredPiece[] => tokens.map((token) => [token, 0]);

/** fairseq numbers these four first, in place of the model's own first three. */
const fairseq = (pieces: readonly SentencePieceEntry[], behind: readonly string[]): ScoredPiece[] => [
  ...unscored(["<s>", "<pad>", "</s>", "<unk>"]),
  ...asTheyAre(pieces.slice(3)),
  ...unscored(behind),
];

const replaceLiteral = (from: string, to: string): JsonObject => ({
  type: "Replace",
  pattern: { String: from },
  content: to,
});

/** ALBERT and XLNet write quotes one way, and drop accents and case unless told otherwise. */
const withoutAccents =
  (lowercase: boolean) =>
  (config: JsonObject): JsonObject[] => [
    replaceLiteral("``", '"'),
    replaceLiteral("''", '"'),
    ...(config["keep_accents"] === true ? [] : [{ type: "NFKD" }, { type: "StripAccents" }]),
    ...((config["do_lower_case"] ?? lowercase) === true ? [{ type: "Lowercase" }] : []),
  ];

/** A piece such as `9,` is taken only where nothing else can be: a number and its comma are two things. */
const withoutNumberCommas = (pieces: readonly SentencePieceEntry[]): ScoredPiece[] =>
  pieces.map(({ piece, score }) => [piece, /\p{Nd},$/u.test(piece) ? score - 100 : score]);

const extraIds = (config: JsonObject): string[] => {
  const count = typeof config["extra_ids"] === "number" ? config["extra_ids"] : 100;
  return Array.from({ length: Math.min(count, 1000) }, (_, i) => `<extra_id_${i}>`);
};

const mbartLanguages = (
  "ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX kk_KZ ko_KR lt_LT lv_LV " +
  "my_MM ne_NP nl_XX ro_RO ru_RU si_LK tr_TR vi_VN zh_CN"
).split(" ");

const sourceLanguage = (config: JsonObject): string =>
  typeof config["src_lang"] === "string" ? config["src_lang"] : "en_XX";

const bertNames = {
  pad: "[PAD]",
  unknown: "[UNK]",
  classification: "[CLS]",
  separator: "[SEP]",
  mask: "[MASK]",
};
const fairseqNames = {
  pad: "<pad>",
  unknown: "<unk>",
  classification: "<s>",
  separator: "</s>",
  mask: "<mask>",
};

/** The families by the class in tokenizer_config.json, without `Fast`. */
export const tokenizerFamilies: Readonly<Record<string, TokenizerFamily>> = {
  AlbertTokenizer: {
    entries: withoutNumberCommas,
    unknown: "<unk>",
    before: withoutAccents(true),
    splitsWhitespace: true,
    single: "[CLS] A [SEP]",
    pair: "[CLS] A [SEP] B:1 [SEP]:1",
    special: { ...bertNames, pad: "<pad>", unknown: "<unk>" },
  },
  T5Tokenizer: {
    entries: (pieces, config) => [...asTheyAre(pieces), ...unscored(extraIds(config).reverse())],
    unknown: "<unk>",
    splitsWhitespace: true,
    single: "A </s>",
    pair: "A </s> B </s>",
    special: { pad: "<pad>", unknown: "<unk>" },
    further: extraIds({}),
  },
  XLMRobertaTokenizer: {
    entries: (pieces) => fairseq(pieces, ["<mask>"]),
    unknown: "<unk>",
    splitsWhitespace: true,
    single: "<s> A </s>",
    pair: "<s> A </s> </s> B </s>",
    special: fairseqNames,
  },
  MBartTokenizer: {
    entries: (pieces) => fairseq(pieces, [...mbartLanguages, "<mask>"]),
    unknown: "<unk>",
    splitsWhitespace: true,
    single: (config) => `A </s> ${sourceLanguage(config)}`,
    pair: (config) => `A B </s> ${sourceLanguage(config)}`,
    special: fairseqNames,
    further: mbartLanguages,
  },
  XLNetTokenizer: {
    entries: withoutNumberCommas,
    unknown: "<unk>",
    before: withoutAccents(false),
    splitsWhitespace: true,
    single: "A <sep> <cls>:2",
    pair: "A <sep> B:1 <sep>:1 <cls>:2",
    special: { pad: "<pad>", unknown: "<unk>", classification: "<cls>", separator: "<sep>", mask: "<mask>" },
  },
  DebertaV2Tokenizer: {
    entries: (pieces) => [...asTheyAre(pieces), ...unscored(["[MASK]"])],
    unknown: "[UNK]",
    before: (config) => (config["do_lower_case"] === true ? [{ type: "Lowercase" }] : []),
    after: [
      { type: "Replace", pattern: { Regex: "\\s{2,}|[\\n\\r\\t]" }, content: " " },
      { type: "NFC" },
      { type: "Strip", strip_left: false, strip_right: true },
    ],
    ignoresRules: true,
    splitsWhitespace: false,
    single: "[CLS] A [SEP]",
    pair: "[CLS] A [SEP] B:1 [SEP]:1",
    special: bertNames,
  },
};
