import { boolean, choice, either, integer, list, number, several, text } from "./options-kinds.js";
import type { RowSpecs } from "./options-row.js";

/** How texts are written: what is not given is as the model's generation_config.json says. */
export interface GenerationOptions {
  /** The most tokens that are written. Default 128. */
  maxNewTokens?: number;
  /** No end before so many tokens are written. */
  minNewTokens?: number;
  /** The most tokens of a text, the prompt's among them. Default: what the model has positions for. */
  maxLength?: number;
  /** Texts that end it where they are written; they are not given back. */
  stop?: string[];
  /** Draw tokens by their probabilities. Default: where an option says how. */
  sample?: boolean;
  /** Decides what is drawn. Default 42. */
  seed?: number;
  temperature?: number;
  /** Draw only from the so many likeliest tokens; 0 for all. Default 50. */
  topK?: number;
  /** Draw only from the likeliest tokens that together have this probability. */
  topP?: number;
  /** Draw only from tokens this many times as likely as the likeliest. */
  minP?: number;
  /** Draw only from tokens about as surprising as the average, that together have this probability. */
  typicalP?: number;
  /** Draw only from tokens of at least this probability. */
  epsilonCutoff?: number;
  /** The same, less where many tokens are likely. */
  etaCutoff?: number;
  /** How many texts are followed at once. Default 1. */
  beamCount?: number;
  /** How many texts of each prompt are given back, the best ones. Default 1. */
  returnCount?: number;
  /** Scores are divided by `length ** lengthPenalty`: above 0 long texts gain. Default 1. */
  lengthPenalty?: number;
  /** End as soon as there are enough texts (true), where better ones are unlikely (false), or impossible (`never`). */
  earlyStopping?: boolean | "never";
  /** Beams in so many groups that are kept apart. Default 1. */
  beamGroupCount?: number;
  /** Taken off the score of a token for each beam of an earlier group that chose it. */
  diversityPenalty?: number;
  /** Above 1: tokens that have occurred become less likely. */
  repetitionPenalty?: number;
  /** Above 1: tokens of the source become likelier. */
  sourcePreference?: number;
  /** So many tokens never occur twice in the same order. */
  noRepeatNgramSize?: number;
  /** So many tokens in a row are never those of the source. */
  noSourceNgramSize?: number;
  /** Texts that are never written. */
  badWords?: string[];
  /** The text is one of these. */
  choices?: string[];
  /** Only tokens made of these characters. */
  allowedCharacters?: string;
  /** Ids of tokens that never come. */
  suppressedTokens?: number[];
  /** The token that comes first, such as that of the language to translate to. */
  firstToken?: string;
}

const [ends, search, drawing, content] = ["Length", "Search", "Sampling", "What may be written"];

/** Rows of `GenerationOptions`. */
export const generationSpecs: RowSpecs<GenerationOptions> = {
  maxNewTokens: {
    group: ends,
    help: "the most tokens that are written",
    kind: integer({ from: 1 }),
    short: "n",
    aliases: ["max_tokens", "length"],
    defaultText: "what the model says, else 128",
  },
  minNewTokens: {
    group: ends,
    help: "no end before so many tokens are written",
    kind: integer({ from: 0 }),
  },
  maxLength: {
    group: ends,
    help: "the most tokens of a text, the prompt's among them",
    kind: integer({ from: 1 }),
    aliases: ["max_target_length", "val_max_target_length"],
    defaultText: "what the model has positions for",
  },
  stop: {
    group: ends,
    help: "a text that ends it where it is written; \\n is a new line",
    kind: several(text("TEXT", "a text")),
    aliases: ["stop_strings", "stop_string", "stop_token"],
  },
  beamCount: {
    group: search,
    help: "how many texts are followed at once",
    kind: integer({ from: 1 }),
    flag: "beams",
    aliases: ["num_beams", "beam_count", "beam_size"],
    defaultText: "what the model says, else 1",
  },
  returnCount: {
    group: search,
    help: "how many texts of each prompt are given back, the best ones",
    kind: integer({ from: 1 }),
    flag: "best",
    aliases: ["num_return_sequences", "return_count", "n_best"],
    default: 1,
  },
  lengthPenalty: {
    group: search,
    help: "beams: scores are divided by length to this power; above 0 long texts gain",
    kind: number(),
    defaultText: "what the model says, else 1",
  },
  earlyStopping: {
    group: search,
    help: "beams: end once there are enough texts; never: not before better ones are impossible",
    kind: either(boolean(), choice(["never"])),
    defaultText: "where better ones are unlikely",
  },
  beamGroupCount: {
    group: search,
    help: "beams in so many groups that are kept apart",
    kind: integer({ from: 1 }),
    flag: "beam-groups",
    aliases: ["num_beam_groups", "beam_group_count"],
    defaultText: "1",
  },
  diversityPenalty: {
    group: search,
    help: "groups: what a token loses by each beam of an earlier group that chose it",
    kind: number({ from: 0 }),
  },
  sample: {
    group: drawing,
    help: "draw tokens by their probabilities",
    kind: boolean(),
    aliases: ["do_sample"],
    defaultText: "where an option below says how",
  },
  seed: {
    group: drawing,
    help: "decides what is drawn",
    kind: integer({ from: 0 }),
    default: 42,
  },
  temperature: {
    group: drawing,
    help: "below 1 the likely becomes likelier, above 1 all become alike",
    kind: number({ above: 0 }),
  },
  topK: {
    group: drawing,
    help: "only from the so many likeliest tokens; 0 for all",
    kind: integer({ from: 0 }),
    aliases: ["k"],
    defaultText: "what the model says, else 50",
  },
  topP: {
    group: drawing,
    help: "only from the likeliest tokens that together have this probability",
    kind: number({ above: 0, to: 1 }),
    aliases: ["p"],
  },
  minP: {
    group: drawing,
    help: "only from tokens this many times as likely as the likeliest",
    kind: number({ from: 0, to: 1 }),
  },
  typicalP: {
    group: drawing,
    help: "only from tokens about as surprising as the average, that together have this probability",
    kind: number({ above: 0, to: 1 }),
  },
  epsilonCutoff: {
    group: drawing,
    help: "only from tokens of at least this probability",
    kind: number({ from: 0, below: 1 }),
  },
  etaCutoff: {
    group: drawing,
    help: "the same, less where many tokens are likely",
    kind: number({ from: 0, below: 1 }),
  },
  repetitionPenalty: {
    group: content,
    help: "above 1 tokens that have occurred become less likely",
    kind: number({ above: 0 }),
  },
  sourcePreference: {
    group: content,
    help: "above 1 tokens of the source become likelier",
    kind: number({ above: 0 }),
    aliases: ["encoder_repetition_penalty"],
  },
  noRepeatNgramSize: {
    group: content,
    help: "so many tokens never occur twice in the same order",
    kind: integer({ from: 0 }),
  },
  noSourceNgramSize: {
    group: content,
    help: "so many tokens in a row are never those of the source",
    kind: integer({ from: 0 }),
    aliases: ["encoder_no_repeat_ngram_size"],
  },
  badWords: {
    group: content,
    help: "a text that is never written",
    kind: several(text("TEXT", "a text")),
    flag: "bad-word",
    aliases: ["bad_words", "bad_words_list"],
  },
  choices: {
    group: content,
    help: "the text is one of these",
    kind: several(text("TEXT", "a text")),
    flag: "choice",
    aliases: ["choices"],
  },
  allowedCharacters: {
    group: content,
    help: "only tokens made of these characters",
    kind: text("CHARACTERS", "characters"),
  },
  suppressedTokens: {
    group: content,
    help: "ids of tokens that never come",
    kind: list(integer({ from: 0 }, "ID")),
    flag: "suppress-tokens",
    aliases: ["suppressed_tokens"],
  },
  firstToken: {
    group: content,
    help: "the token that comes first, such as that of the language to translate to",
    kind: text("TOKEN", "a token"),
    aliases: ["forced_bos_token"],
  },
};
