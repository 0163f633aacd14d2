import { type GenerationSettings, tokenLimit } from "../settings.js";
import { epsilonCutoff, etaCutoff } from "./cutoff.js";
import type { ScoreFilter } from "./filter.js";
import { forcedFirstToken, forcedLastToken, minLength, minNewTokens } from "./length.js";
import { minP } from "./min-p.js";
import { noRepeatNgram, noSourceNgram } from "./no-repeat-ngram.js";
import { repetitionPenalty, sourcePreference } from "./repetition-penalty.js";
import { badWords, sequenceBias } from "./sequence-bias.js";
import { temperature } from "./temperature.js";
import { topK } from "./top-k.js";
import { topP } from "./top-p.js";
import { typical } from "./typical.js";
import { allowedSequences, allowedTokens, suppressedFirstTokens, suppressedTokens } from "./vocabulary.js";

export type { ScoreFilter } from "./filter.js";

/** Makes the filter of a setting; undefined where the setting leaves scores as they are. */
type FilterMaker = (settings: GenerationSettings, endTokens: readonly number[]) => ScoreFilter | undefined;

/** What may come at all, in the order of Python's transformers: what is forced wins over what is forbidden before it. */
const rules: readonly FilterMaker[] = [
  (settings) => made(settings.sequenceBias, sequenceBias),
  (settings) => made(settings.sourcePreference, sourcePreference, 1),
  (settings) => made(settings.repetitionPenalty, repetitionPenalty, 1),
  (settings) => made(settings.noRepeatNgramSize, noRepeatNgram, 0),
  (settings) => made(settings.noSourceNgramSize, noSourceNgram, 0),
  (settings, ends) => made(settings.badWords, (words) => badWords(words, ends)),
  (settings, ends) => made(settings.minLength, (length) => minLength(length, ends), 0),
  (settings, ends) => made(settings.minNewTokens, (count) => minNewTokens(count, ends), 0),
  (settings, ends) => made(settings.allowedTokens, (tokens) => allowedTokens(tokens, ends)),
  (settings, ends) => made(settings.allowedSequences, (sequences) => allowedSequences(sequences, ends)),
  (settings) => made(settings.forcedFirstToken, forcedFirstToken),
  (settings) =>
    made(settings.forcedLastTokens, (tokens) =>
      forcedLastToken(tokens, (promptLength) => tokenLimit(settings, promptLength)),
    ),
  (settings) => made(settings.suppressedTokens, suppressedTokens),
  ({ suppressedFirstTokens: tokens, forcedFirstToken: forced }) =>
    made(tokens, (list) => suppressedFirstTokens(list, forced !== undefined)),
];

/** What is drawn from. A beam search must find a token beside the end tokens, so `keep` tokens always stay. */
const narrowing = (keep: number): readonly FilterMaker[] => [
  (settings) => made(settings.temperature, temperature, 1),
  (settings) => made(settings.topK, (count) => topK(Math.max(count, keep)), 0),
  (settings) => made(settings.topP, (mass) => topP(mass, keep), 1),
  (settings) => made(settings.minP, (share) => minP(share, keep), 0),
  (settings) => made(settings.typicalP, (mass) => typical(mass, keep), 1),
  (settings) => made(settings.epsilonCutoff, (epsilon) => epsilonCutoff(epsilon, keep), 0),
  (settings) => made(settings.etaCutoff, (epsilon) => etaCutoff(epsilon, keep), 0),
];

/** The filters that settings ask for, in the order in which they apply. */
export function filtersOf(settings: GenerationSettings): ScoreFilter[] {
  const { endTokens = [], sample = false, beamCount = 1 } = settings;
  const keep = beamCount > 1 ? endTokens.length + 1 : 1;
  const makers = sample ? [...rules, ...narrowing(keep)] : rules;
  return makers.flatMap((make) => make(settings, endTokens) ?? []);
}

/** A filter by the value of a setting, unless there is none or it is the one that changes nothing. */
function made<Value>(
  value: Value | undefined,
  make: (value: Value) => ScoreFilter,
  neutral?: Value,
): ScoreFilter | undefined {
  return value === undefined || value === neutral ? undefined : make(value);
}
