import type { EncodeTextsOptions } from "./encode-texts.js";
import type { TokenizerSource } from "./open-tokenizer.js";
import { boolean, choice, file, folder, integer, list, several, text } from "./options-kinds.js";
import { type OptionTable, optionTable, type RowSpecs } from "./options-row.js";
import { modelSpecs } from "./options-shared.js";
import type { TextOptions } from "./text-inputs.js";

const tokenizerKind = text("DIR", "a tokenizer directory, a tokenizer.json, or a name on the Hub");

const sourceSpecs: RowSpecs<TokenizerSource> = {
  tokenizer: {
    group: "Tokenizer",
    help: "a tokenizer directory, tokenizer.json, vocab.txt or SentencePiece .model, or a name on the Hugging Face Hub",
    kind: tokenizerKind,
    short: "t",
    aliases: ["model", "tokenizer_name", "tokenizer_path"],
    required: true,
  },
  revision: { ...modelSpecs.revision, group: "Tokenizer" },
  offline: { ...modelSpecs.offline, group: "Tokenizer" },
};

/** Rows of `TextOptions`. */
export const textSpecs: RowSpecs<TextOptions> = {
  texts: {
    group: "Data",
    help: "the texts themselves",
    kind: several(text("TEXT", "a text")),
    flag: "text",
    positional: true,
    defaultText: "the lines of standard input",
  },
  files: {
    group: "Data",
    help: "files or quoted patterns ('**/*.txt'), one text a line or row; JSONL, CSV, TSV, Parquet; also .gz",
    kind: several(file("FILE|GLOB")),
    flag: "file",
    short: "f",
    aliases: ["input_file", "data_file"],
  },
  jsonl: {
    group: "Data",
    help: 'lines are JSON: a string, or {"text": ..., "pair": ...}',
    kind: boolean(),
    defaultText: "by the ending of each file",
  },
  textColumn: {
    group: "Data",
    help: "the column of rows that holds the text",
    kind: text("NAME", "the name of a column"),
    defaultText: "text",
  },
  pairColumn: {
    group: "Data",
    help: "the column that holds the second text of a pair",
    kind: text("NAME", "the name of a column"),
    defaultText: "pair",
  },
};

/** Everything that can be set about encoding texts. */
export interface TokenizerEncodeOptions extends TokenizerSource, TextOptions, EncodeTextsOptions {
  /** Threads that encode, where there is much to do. Default: one a core. */
  threads?: number;
}

/** The options of `tokenizer encode`: one row for each key of `TokenizerEncodeOptions`. */
export const tokenizerEncodeRows: OptionTable<TokenizerEncodeOptions> = optionTable<TokenizerEncodeOptions>({
  ...sourceSpecs,
  ...textSpecs,
  offsets: {
    group: "Tokens",
    help: "what spans count: JavaScript string indices, code points as in Python, or bytes of UTF-8",
    kind: choice(["utf16", "codepoints", "bytes"]),
    default: "utf16",
  },
  specialTokens: {
    group: "Tokens",
    help: "put special tokens around the texts",
    kind: boolean(),
    aliases: ["add_special_tokens"],
    default: true,
  },
  maxLength: {
    group: "Tokens",
    help: "the most tokens of a text; what is longer is cut",
    kind: integer({ from: 1 }),
    aliases: ["max_seq_length"],
    defaultText: "any number",
  },
  threads: {
    group: "Machine",
    help: "threads that encode, once two million characters have come",
    kind: integer({ from: 1, to: 1024 }),
    aliases: ["num_threads", "num_proc"],
    defaultText: "one a core",
  },
});

/** Everything that can be set about turning ids into text. */
export interface TokenizerDecodeOptions extends TokenizerSource {
  /** Lines of ids. */
  ids?: string[];
  /** Keep special tokens in the text. Default true. */
  specialTokens?: boolean;
}

/** The options of `tokenizer decode`: one row for each key of `TokenizerDecodeOptions`. */
export const tokenizerDecodeRows: OptionTable<TokenizerDecodeOptions> = optionTable<TokenizerDecodeOptions>({
  ...sourceSpecs,
  ids: {
    group: "Data",
    help: 'ids, a text each: "101 102", "[101, 102]" or what encode --json prints',
    kind: several(text("IDS", "ids")),
    positional: true,
    defaultText: "the lines of standard input",
  },
  specialTokens: {
    group: "Tokens",
    help: "keep special tokens in the text",
    kind: boolean(),
    default: true,
  },
});

/** Everything that can be set about morphological analysis. */
export interface TokenizerSegmentOptions extends TextOptions {
  /** The folder of a dictionary. Default: the one that is installed. */
  dictionary?: string;
  /** Whose build of IPADIC is followed. Default `debian`. */
  edition?: "debian" | "python";
}

/** The options of `tokenizer segment`: one row for each key of `TokenizerSegmentOptions`. */
export const tokenizerSegmentRows: OptionTable<TokenizerSegmentOptions> =
  optionTable<TokenizerSegmentOptions>({
    ...textSpecs,
    dictionary: {
      group: "Dictionary",
      help: "the folder of a dictionary in kuromoji's form",
      kind: folder(),
      short: "d",
      defaultText: "the one that is installed",
    },
    edition: {
      group: "Dictionary",
      help: "whose build of IPADIC is followed: mecab-ipadic-utf8, or the package of Python's tokenizers",
      kind: choice(["debian", "python"]),
      default: "debian",
    },
  });

/** Everything that can be set about how a tokenizer suits a text. */
export interface TokenizerInspectOptions extends TokenizerSource, TextOptions {
  /** How many pieces each list has. Default 10. */
  listLength?: number;
}

/** The options of `tokenizer inspect`: one row for each key of `TokenizerInspectOptions`. */
export const tokenizerInspectRows: OptionTable<TokenizerInspectOptions> =
  optionTable<TokenizerInspectOptions>({
    ...sourceSpecs,
    ...textSpecs,
    listLength: {
      group: "Output",
      help: "how many of the longest, rarest and unknown pieces are shown",
      kind: integer({ from: 1 }),
      default: 10,
    },
  });

/** Everything that can be set about tokenizers side by side. */
export interface TokenizerCompareOptions extends TextOptions, Omit<TokenizerSource, "tokenizer"> {
  /** The tokenizers. */
  tokenizers: string[];
  /** The page to write. */
  outputFile?: string;
  /** Write over it where it is there already. Default false. */
  overwrite?: boolean;
  /** How many texts the page shows. Default 100. */
  shownCount?: number;
}

/** The options of `tokenizer compare`: one row for each key of `TokenizerCompareOptions`. */
export const tokenizerCompareRows: OptionTable<TokenizerCompareOptions> =
  optionTable<TokenizerCompareOptions>({
    tokenizers: {
      group: "Tokenizer",
      help: "the tokenizers: directories, tokenizer.json files, or names on the Hugging Face Hub",
      kind: list(tokenizerKind),
      flag: "tokenizer",
      short: "t",
      required: true,
    },
    revision: sourceSpecs.revision,
    offline: sourceSpecs.offline,
    ...textSpecs,
    outputFile: {
      group: "Output",
      help: "write a page that colours the pieces to this file (.html)",
      kind: file("FILE.html"),
      short: "o",
    },
    overwrite: {
      group: "Output",
      help: "write over --output-file where it is there already",
      kind: boolean(),
      default: false,
    },
    shownCount: {
      group: "Output",
      help: "how many texts the page shows",
      kind: integer({ from: 1 }),
      default: 100,
    },
  });
