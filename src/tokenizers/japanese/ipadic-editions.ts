/**
 * The builds of IPADIC 2.7.0-20070801 that are in use. They have the same words, costs and character
 * categories, but for what stands here.
 *
 * - `debian`: the package mecab-ipadic-utf8.
 * - `python`: the package ipadic 1.0.0, with which Python's BertJapaneseTokenizer runs.
 */
export type IpadicEditionName = "debian" | "python";

/** A word as the sources of a dictionary have it. */
export interface SourceWord {
  readonly surface: string;
  /** Which row and column of the connection costs it has; in IPADIC both are the same. */
  readonly connection: number;
  readonly cost: number;
  readonly features: string;
}

/** A source file of IPADIC, without `.csv`. */
export type SourceFile =
  | "Adj"
  | "Adnominal"
  | "Adverb"
  | "Auxil"
  | "Conjunction"
  | "Filler"
  | "Interjection"
  | "Noun"
  | "Noun.adjv"
  | "Noun.adverbal"
  | "Noun.demonst"
  | "Noun.nai"
  | "Noun.name"
  | "Noun.number"
  | "Noun.org"
  | "Noun.others"
  | "Noun.place"
  | "Noun.proper"
  | "Noun.verbal"
  | "Others"
  | "Postp"
  | "Postp-col"
  | "Prefix"
  | "Suffix"
  | "Symbol"
  | "Verb";

/** What makes a build of IPADIC differ from others. */
export interface IpadicEdition {
  /**
   * The source files in the order in which the build read them. It is the order of words with the same
   * surface, and so decides which one MeCab takes among equally good ones. (Files that share no surface may
   * stand in any order.)
   */
  readonly sourceOrder: readonly SourceFile[];
  /** Words the other build does not have. */
  readonly extraWords: readonly SourceWord[];
  /** The features of symbols that are not in the dictionary. */
  readonly unknownSymbol: string;
}

/** The part of speech with which the words of each source file begin. */
const sourceFiles: Readonly<Record<SourceFile, readonly string[]>> = {
  Adj: ["形容詞"],
  Adnominal: ["連体詞"],
  Adverb: ["副詞"],
  Auxil: ["助動詞"],
  Conjunction: ["接続詞"],
  Filler: ["フィラー"],
  Interjection: ["感動詞"],
  Noun: ["名詞,一般"],
  "Noun.adjv": ["名詞,形容動詞語幹"],
  "Noun.adverbal": ["名詞,副詞可能"],
  "Noun.demonst": ["名詞,代名詞"],
  "Noun.nai": ["名詞,ナイ形容詞語幹"],
  "Noun.name": ["名詞,固有名詞,人名"],
  "Noun.number": ["名詞,数"],
  "Noun.org": ["名詞,固有名詞,組織"],
  "Noun.others": ["名詞,非自立", "名詞,接続詞的", "名詞,動詞非自立的", "名詞,特殊", "名詞,引用文字列"],
  "Noun.place": ["名詞,固有名詞,地域"],
  "Noun.proper": ["名詞,固有名詞,一般"],
  "Noun.verbal": ["名詞,サ変接続"],
  Others: ["その他"],
  Postp: ["助詞"],
  "Postp-col": ["助詞,格助詞,連語"],
  Prefix: ["接頭詞"],
  Suffix: ["名詞,接尾"],
  Symbol: ["記号"],
  Verb: ["動詞"],
};

/** The source file in which a word with these features stands: the one with the longest part of speech. */
export function sourceFileOf(features: string): SourceFile | undefined {
  let best: SourceFile | undefined;
  let bestLength = 0;
  for (const [file, prefixes] of Object.entries(sourceFiles)) {
    for (const prefix of prefixes) {
      if (prefix.length > bestLength && features.startsWith(`${prefix},`)) {
        best = file as SourceFile;
        bestLength = prefix.length;
      }
    }
  }
  return best;
}

/** What makes each build differ. */
export const ipadicEditions: Readonly<Record<IpadicEditionName, IpadicEdition>> = {
  debian: {
    sourceOrder: [
      ...(["Noun", "Symbol", "Verb", "Auxil", "Noun.demonst", "Noun.nai", "Noun.place"] as const),
      ...(["Conjunction", "Noun.others", "Noun.proper", "Others", "Prefix", "Noun.name"] as const),
      ...(["Adverb", "Adnominal", "Filler", "Noun.verbal", "Noun.adjv", "Noun.adverbal"] as const),
      ...(["Noun.org", "Postp", "Interjection", "Adj", "Postp-col", "Suffix", "Noun.number"] as const),
    ],
    extraWords: [
      {
        surface: "令和",
        connection: 1288,
        cost: 5904,
        features: "名詞,固有名詞,一般,*,*,*,令和,レイワ,レイワ",
      },
    ],
    unknownSymbol: "名詞,サ変接続,*,*,*,*,*",
  },
  python: {
    sourceOrder: [
      ...(["Adj", "Noun.adjv", "Noun", "Noun.demonst", "Noun.org", "Suffix", "Noun.adverbal"] as const),
      ...(["Verb", "Interjection", "Noun.others", "Conjunction", "Noun.nai", "Postp"] as const),
      ...(["Noun.name", "Adverb", "Filler", "Adnominal", "Noun.place", "Noun.proper"] as const),
      ...(["Noun.verbal", "Others", "Postp-col", "Prefix", "Auxil", "Noun.number", "Symbol"] as const),
    ],
    extraWords: [],
    unknownSymbol: "記号,一般,*,*,*,*,*",
  },
};
