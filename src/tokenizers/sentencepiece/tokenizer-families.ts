import type { JsonObject } from "../../base/index.js";
import type { SentencePieceEntry } from "../../formats/sentencepiece.js";
import { readExtraSpecialNames } from "../special-names.js";
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
  /** Tokens behind the vocabulary, where it does not have them. */
  appended?(config: JsonObject): readonly string[];
  /** How text is cut; scores are of no use to BPE. Default `Unigram`. */
  readonly model?: "Unigram" | "BPE";
  readonly unknown: string;
  /** The normalisers before the precompiled rules, and those after them. */
  before?(config: JsonObject): JsonObject[];
  readonly after?: readonly JsonObject[];
  /** Whether the model's own precompiled rules are left out. */
  readonly ignoresRules?: boolean;
  /** Whether text is cut at white space first. */
  readonly splitsWhitespace: boolean;
  /** The forms for one text and two: tokens, or `A` and `B` for the texts, with type ids behind a colon. */
  single(config: JsonObject): string;
  pair(config: JsonObject): string;
  readonly special: Partial<Record<SpecialRole, string>>;
  /** How the mask is found: with the space before it, and in text that is normalised. Default: as it stands. */
  readonly mask?: { readonly lstrip: boolean; readonly normalized: boolean };
  /** Further special tokens beside the control pieces. */
  further?(config: JsonObject): readonly string[];
  /** Whether the forms name the language of a text, which is another for its translation. */
  readonly namesLanguages?: boolean;
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

/** Those of mBART-50 stand behind those of mBART. */
const furtherLanguages = (
  "af_ZA az_AZ bn_IN fa_IR he_IL hr_HR id_ID ka_GE km_KH mk_MK ml_IN mn_MN mr_IN pl_PL ps_AF pt_XX sv_SE sw_KE " +
  "ta_IN te_IN th_TH tl_XX uk_UA ur_PK xh_ZA gl_ES sl_SI"
).split(" ");

const textOf = (config: JsonObject, key: string, usual: string): string =>
  typeof config[key] === "string" ? config[key] : usual;

const sourceLanguage = (config: JsonObject): string => textOf(config, "src_lang", "en_XX");

const oneSpace: JsonObject = { type: "Replace", pattern: { Regex: " {2,}" }, content: " " };

/** Pegasus has room for tokens of its training in front of the pieces. */
const pegasusOffset = (config: JsonObject): number =>
  typeof config["offset"] === "number" ? Math.min(config["offset"], 1000) : 103;

/** The tokens of Pegasus' training, numbered after its masks. */
const pegasusTokens = (config: JsonObject): string[] =>
  Array.from({ length: Math.max(0, pegasusOffset(config) - 2) }, (_, i) => `<unk_${i + 2}>`);

const pegasusMasks = (config: JsonObject): string[] => [
  ...new Set([textOf(config, "mask_token", "<mask_1>"), textOf(config, "mask_token_sent", "<mask_2>")]),
];

/** NLLB names its languages in tokenizer_config.json: two hundred, or as many as a model was made smaller to. */
const nllbLanguages = (config: JsonObject): string[] =>
  readExtraSpecialNames(config, {}, "tokenizer_config.json");

const nllbForm = (config: JsonObject, texts: string): string => {
  const language = textOf(config, "src_lang", "eng_Latn");
  return config["legacy_behaviour"] === true ? `${texts} </s> ${language}` : `${language} ${texts} </s>`;
};

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
    single: () => "[CLS] A [SEP]",
    pair: () => "[CLS] A [SEP] B:1 [SEP]:1",
    special: { ...bertNames, pad: "<pad>", unknown: "<unk>" },
  },
  T5Tokenizer: {
    entries: (pieces, config) => [...asTheyAre(pieces), ...unscored(extraIds(config).reverse())],
    unknown: "<unk>",
    splitsWhitespace: true,
    single: () => "A </s>",
    pair: () => "A </s> B </s>",
    special: { pad: "<pad>", unknown: "<unk>" },
    further: () => extraIds({}),
  },
  XLMRobertaTokenizer: {
    entries: (pieces) => fairseq(pieces, ["<mask>"]),
    unknown: "<unk>",
    splitsWhitespace: true,
    single: () => "<s> A </s>",
    pair: () => "<s> A </s> </s> B </s>",
    special: fairseqNames,
  },
  MBartTokenizer: {
    entries: (pieces) => fairseq(pieces, [...mbartLanguages, "<mask>"]),
    unknown: "<unk>",
    splitsWhitespace: true,
    single: (config) => `A </s> ${sourceLanguage(config)}`,
    pair: (config) => `A B </s> ${sourceLanguage(config)}`,
    special: fairseqNames,
    further: () => mbartLanguages,
    namesLanguages: true,
    ignoresRules: true,
  },
  MBart50Tokenizer: {
    entries: (pieces) => fairseq(pieces, [...mbartLanguages, ...furtherLanguages, "<mask>"]),
    unknown: "<unk>",
    after: [oneSpace],
    splitsWhitespace: false,
    single: (config) => `${sourceLanguage(config)} A </s>`,
    pair: (config) => `${sourceLanguage(config)} A B </s>`,
    special: fairseqNames,
    further: () => [...mbartLanguages, ...furtherLanguages],
    namesLanguages: true,
  },
  NllbTokenizer: {
    // the usual four first, wherever the model has them
    entries: (pieces) =>
      unscored([...new Set(["<s>", "<pad>", "</s>", "<unk>", ...pieces.map(({ piece }) => piece)])]),
    appended: (config) => ["<mask>", ...nllbLanguages(config)],
    model: "BPE",
    unknown: "<unk>",
    after: [oneSpace],
    splitsWhitespace: false,
    single: (config) => nllbForm(config, "A"),
    pair: (config) => nllbForm(config, "A B"),
    special: fairseqNames,
    mask: { lstrip: true, normalized: true },
    further: nllbLanguages,
    namesLanguages: true,
  },
  CamembertTokenizer: {
    entries: (pieces) => [
      ...unscored(["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>"]),
      ["<unk>NOTUSED", -100],
      ...asTheyAre(pieces.slice(1)),
      ["<mask>", 0],
    ],
    unknown: "<unk>",
    splitsWhitespace: true,
    single: () => "<s> A </s>",
    pair: () => "<s> A </s> </s> B </s>",
    special: fairseqNames,
    mask: { lstrip: true, normalized: false },
  },
  PegasusTokenizer: {
    entries: (pieces, config) => [
      ...unscored(["<pad>", "</s>", ...pegasusMasks(config)]),
      ...pegasusTokens(config).map((token): ScoredPiece => [token, -100]),
      ...asTheyAre(pieces.slice(2)),
    ],
    unknown: "<unk>",
    after: [oneSpace],
    splitsWhitespace: false,
    single: () => "A </s>",
    pair: () => "A B </s>",
    special: { pad: "<pad>", unknown: "<unk>", mask: "<mask_2>" },
    further: (config) => [...pegasusMasks(config), ...pegasusTokens(config)],
  },
  BigBirdTokenizer: {
    entries: asTheyAre,
    unknown: "<unk>",
    before: () => [{ type: "Replace", pattern: { Regex: " {2,}" }, content: "\u2581" }],
    ignoresRules: true,
    splitsWhitespace: false,
    single: () => "[CLS] A [SEP]",
    pair: () => "[CLS] A [SEP] B:1 [SEP]:1",
    special: { ...bertNames, pad: "<pad>", unknown: "<unk>" },
  },
  XLNetTokenizer: {
    entries: withoutNumberCommas,
    unknown: "<unk>",
    before: withoutAccents(false),
    splitsWhitespace: true,
    single: () => "A <sep> <cls>:2",
    pair: () => "A <sep> B:1 <sep>:1 <cls>:2",
    special: { pad: "<pad>", unknown: "<unk>", classification: "<cls>", separator: "<sep>", mask: "<mask>" },
  },
  DebertaV2Tokenizer: {
    entries: asTheyAre,
    appended: () => ["[MASK]"],
    unknown: "[UNK]",
    before: (config) => (config["do_lower_case"] === true ? [{ type: "Lowercase" }] : []),
    after: [
      { type: "Replace", pattern: { Regex: "\\s{2,}|[\\n\\r\\t]" }, content: " " },
      { type: "NFC" },
      { type: "Strip", strip_left: false, strip_right: true },
    ],
    ignoresRules: true,
    splitsWhitespace: false,
    single: () => "[CLS] A [SEP]",
    pair: () => "[CLS] A [SEP] B:1 [SEP]:1",
    special: bertNames,
  },
};
