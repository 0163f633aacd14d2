import { trainers } from "../tokenizers/trainers/index.js";
import { boolean, choice, file, folder, integer, list, number, text } from "./options-kinds.js";
import { type OptionTable, optionTable } from "./options-row.js";
import { textSpecs } from "./options-tokenizer.js";

/** Everything that can be set about learning a tokenizer. */
export interface TokenizerTrainOptions {
  /** What is learnt: `wordpiece`, `bpe`, ... */
  model: string;
  /**
   * What it is learnt from: words that the text is cut into first, or the raw text, as SentencePiece does it; then it
   * is a SentencePiece model. Default `words`.
   */
  form?: "words" | "sentencepiece";
  /** Tokens of the vocabulary, special ones included. Default 30000. */
  vocabularySize?: number;
  /** Files, or patterns that name files. Default: standard input. */
  train?: string[];
  /** Lines are JSON. Default: by the ending of each file. */
  jsonl?: boolean;
  /** The column of rows that holds the text. Default `text`. */
  textColumn?: string;
  /** The folder that the tokenizer is written to; of the sentencepiece form also a .model file. */
  outputDirectory: string;
  /** Write over the tokenizer that is there already. Default false. */
  overwrite?: boolean;
  /** What occurs less often makes no token. Default 2; unigram models know no such bound. */
  minFrequency?: number;
  /** Special tokens beside those that the kind of tokenizer has. */
  specialTokens?: string[];
  /** The most characters to keep: the most frequent ones. Default: all. */
  alphabetLimit?: number;
  /** Characters that belong to the vocabulary whether they occur or not. */
  initialAlphabet?: string;
  /** WordPiece: by what the next token is chosen. Default `frequency`. */
  score?: "frequency" | "likelihood";
  /** Unigram, and the sentencepiece form: the share of the text that the characters of the vocabulary make. Default 0.9995. */
  characterCoverage?: number;
  /** The sentencepiece form: spell unknown characters by their bytes. Default false. */
  byteFallback?: boolean;
  /** The sentencepiece form: a .model whose normaliser is taken over. Default: text is left as it is, but for spaces. */
  normalizerFrom?: string;
  /** Unigram: the most characters of distinct words to learn from; of more a sample is drawn. Default 2^25. */
  sampleLimit?: number;
  /** Make letters lower-case. Default: WordPiece does. */
  lowercase?: boolean;
  /** Strip accents. Default: where WordPiece makes letters lower-case. */
  stripAccents?: boolean;
  /** WordPiece: make a word of each ideograph. Default true. */
  separateIdeographs?: boolean;
  /** The most tokens of a text that the tokenizer's files are to name. Default: none. */
  modelMaxLength?: number;
  /**
   * Megabytes for words while they are counted, what goes beyond being written to the disk, and then for the pairs that
   * WordPiece and BPE merge, of which those without room are counted anew. The words to learn from, about 25 bytes each,
   * come on top. Default 256.
   */
  memory?: number;
}

/** The options of `tokenizer train`: one row for each key of `TokenizerTrainOptions`. */
export const tokenizerTrainRows: OptionTable<TokenizerTrainOptions> = optionTable<TokenizerTrainOptions>({
  model: {
    group: "Tokenizer",
    help: `what is learnt: ${Object.keys(trainers).join(", ")}`,
    kind: { ...choice(Object.keys(trainers)), placeholder: "KIND" },
    short: "m",
    aliases: ["type", "model_type"],
    required: true,
  },
  form: {
    group: "Tokenizer",
    help: "learn from words that the text is cut into first, or from raw text as SentencePiece does (bpe, unigram, char, word)",
    kind: choice(["words", "sentencepiece"]),
    default: "words",
  },
  vocabularySize: {
    group: "Tokenizer",
    help: "tokens of the vocabulary, special ones included",
    kind: integer({ from: 1 }),
    flag: "vocab-size",
    aliases: ["vocabulary_size"],
    default: 30_000,
  },
  minFrequency: {
    group: "Tokenizer",
    help: "what occurs less often makes no token",
    kind: integer({ from: 0 }),
    default: 2,
  },
  specialTokens: {
    group: "Tokenizer",
    help: "special tokens beside those that the kind of tokenizer has",
    kind: list(text("TOKEN", "a token")),
    flag: "special-tokens",
    aliases: ["special_token", "user_defined_symbols"],
  },
  alphabetLimit: {
    group: "Tokenizer",
    help: "the most characters to keep: the most frequent ones",
    kind: integer({ from: 1 }),
    aliases: ["limit_alphabet"],
    defaultText: "all",
  },
  initialAlphabet: {
    group: "Tokenizer",
    help: "characters that belong to the vocabulary whether they occur or not",
    kind: text("CHARACTERS", "characters"),
  },
  score: {
    group: "Tokenizer",
    help: "wordpiece: the next token is the most frequent pair, or the one that makes the text most likely",
    kind: choice(["frequency", "likelihood"]),
    defaultText: "frequency",
  },
  characterCoverage: {
    group: "Tokenizer",
    help: "unigram, and the sentencepiece form: the share of the text that the characters of the vocabulary make",
    kind: number({ above: 0, to: 1 }),
    defaultText: "0.9995",
  },
  byteFallback: {
    group: "Tokenizer",
    help: "the sentencepiece form: spell unknown characters by their bytes",
    kind: boolean(),
    aliases: ["byte_fallback"],
    defaultText: "no",
  },
  sampleLimit: {
    group: "Tokenizer",
    help: "unigram: the most characters of distinct words to learn from; of more a sample is drawn",
    kind: integer({ from: 1 }),
    defaultText: "33,554,432",
  },
  modelMaxLength: {
    group: "Tokenizer",
    help: "the most tokens of a text, to be written into its files",
    kind: integer({ from: 1 }),
    aliases: ["max_length"],
    defaultText: "none",
  },
  normalizerFrom: {
    group: "Text",
    help: "the sentencepiece form: take over the normaliser of this .model",
    kind: file("FILE.model"),
    defaultText: "text is left as it is, but for spaces",
  },
  lowercase: {
    group: "Text",
    help: "make letters lower-case",
    kind: boolean(),
    aliases: ["do_lower_case"],
    defaultText: "wordpiece does",
  },
  stripAccents: {
    group: "Text",
    help: "strip accents; in Japanese this makes が into か",
    kind: boolean(),
    defaultText: "where wordpiece makes letters lower-case",
  },
  separateIdeographs: {
    group: "Text",
    help: "wordpiece: make a word of each ideograph, as BERT does",
    kind: boolean(),
    aliases: ["tokenize_chinese_chars", "handle_chinese_chars"],
    defaultText: "yes",
  },
  train: {
    ...textSpecs.files,
    help: "files or quoted patterns ('**/*.txt'), one text a line or row; JSONL, CSV, TSV, Parquet; also .gz",
    flag: "train-file",
    aliases: ["train_files", "input", "files"],
    defaultText: "the lines of standard input",
  },
  jsonl: textSpecs.jsonl,
  textColumn: textSpecs.textColumn,
  outputDirectory: {
    group: "Output",
    help: "the folder that the tokenizer is written to; of the sentencepiece form also a .model file",
    kind: folder(),
    flag: "output",
    short: "o",
    aliases: ["output_dir", "output_directory"],
    required: true,
  },
  overwrite: {
    group: "Output",
    help: "write over the tokenizer that is there already",
    kind: boolean(),
    default: false,
  },
  memory: {
    group: "Machine",
    help: "megabytes for counting words, the others going to the disk, and then for the pairs that are merged",
    kind: number({ above: 0 }, "MB"),
    default: 256,
  },
});
