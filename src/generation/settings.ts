import type { SequenceBias } from "./filters/sequence-bias.js";

/** How the next token is found and when a text ends. Plain data, so that it can go to another thread. */
export interface GenerationSettings {
  // when it ends
  /** The most tokens that are written. Default 128. */
  readonly maxNewTokens?: number;
  /** The most tokens of a text, the prompt's among them. */
  readonly maxLength?: number;
  /** No end before so many tokens are written. */
  readonly minNewTokens?: number;
  /** No end before there are so many tokens, the prompt's among them. */
  readonly minLength?: number;
  /** Tokens that end a text. */
  readonly endTokens?: readonly number[];
  /** Texts that end it where they are written. */
  readonly stopStrings?: readonly string[];
  /** Tell the log-probability of each token. Default false. */
  readonly withScores?: boolean;

  // how it is searched
  /** Draw tokens by their probabilities. Default false: take the likeliest. */
  readonly sample?: boolean;
  /** Decides what is drawn. Default 42. */
  readonly seed?: number;
  /** How many texts are followed at once. Default 1. */
  readonly beamCount?: number;
  /** How many texts of each prompt are given back, the best ones. Default 1. */
  readonly returnCount?: number;
  /** Scores are divided by `length ** lengthPenalty`: above 0 long texts gain. Default 1. */
  readonly lengthPenalty?: number;
  /** End as soon as there are enough texts (true), where better ones are unlikely (false), or impossible (`never`). */
  readonly earlyStopping?: boolean | "never";
  /** Beams in so many groups, which are kept apart by `diversityPenalty`. Default 1. */
  readonly beamGroupCount?: number;
  /** Taken off the score of a token for each beam of an earlier group that chose it in this step. */
  readonly diversityPenalty?: number;

  // what is drawn from
  readonly temperature?: number;
  /** Only the so many likeliest tokens; 0 for all. */
  readonly topK?: number;
  /** Only the likeliest tokens that together have this probability. */
  readonly topP?: number;
  /** Only tokens this many times as likely as the likeliest. */
  readonly minP?: number;
  /** Only tokens about as surprising as the average, that together have this probability. */
  readonly typicalP?: number;
  /** Only tokens of at least this probability. */
  readonly epsilonCutoff?: number;
  /** The same, less where many tokens are likely. */
  readonly etaCutoff?: number;

  // what may come
  /** Above 1: tokens that have occurred become less likely. */
  readonly repetitionPenalty?: number;
  /** Above 1: tokens of the source become likelier. */
  readonly sourcePreference?: number;
  /** So many tokens never occur twice in the same order; 0 for no such rule. */
  readonly noRepeatNgramSize?: number;
  /** So many tokens in a row are never those of the source. */
  readonly noSourceNgramSize?: number;
  /** Sequences of tokens that never come. */
  readonly badWords?: readonly (readonly number[])[];
  /** Added to the scores of tokens that complete a sequence. */
  readonly sequenceBias?: SequenceBias;
  /** Tokens that never come. */
  readonly suppressedTokens?: readonly number[];
  /** Tokens that do not come first. */
  readonly suppressedFirstTokens?: readonly number[];
  /** Nothing but these, and the end. */
  readonly allowedTokens?: readonly number[];
  /** The whole text is one of these. */
  readonly allowedSequences?: readonly (readonly number[])[];
  /** What comes first, after a prompt of one token. */
  readonly forcedFirstToken?: number;
  /** What comes last where the text does not end before. */
  readonly forcedLastTokens?: readonly number[];
}

/** How many tokens may be written after a prompt. */
export function tokenLimit(settings: GenerationSettings, promptLength: number): number {
  const { maxNewTokens = 128, maxLength = Infinity } = settings;
  return Math.min(maxNewTokens, maxLength - promptLength);
}
