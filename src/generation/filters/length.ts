import { forbid, force, type ScoreFilter } from "./filter.js";

/** No end before there are `length` tokens, the prompt's among them. */
export function minLength(length: number, endTokens: readonly number[]): ScoreFilter {
  return (scores, { ids }) => {
    if (ids.length < length) forbid(scores, endTokens);
  };
}

/** No end before there are `count` new tokens. */
export function minNewTokens(count: number, endTokens: readonly number[]): ScoreFilter {
  return (scores, { ids, promptLength }) => {
    if (ids.length - promptLength < count) forbid(scores, endTokens);
  };
}

/** After a prompt of one token nothing but `token`: the language that a translation is to be in, say. */
export function forcedFirstToken(token: number): ScoreFilter {
  return (scores, { ids }) => {
    if (ids.length === 1) force(scores, [token]);
  };
}

/** Nothing but `tokens` as the last of those that may be written after a prompt of some length. */
export function forcedLastToken(
  tokens: readonly number[],
  limitOf: (promptLength: number) => number,
): ScoreFilter {
  return (scores, { ids, promptLength }) => {
    if (ids.length - promptLength === limitOf(promptLength) - 1) force(scores, tokens);
  };
}
