import { forbid, type ScoreFilter } from "./filter.js";

/** Tokens that never come. */
export function suppressedTokens(tokens: readonly number[]): ScoreFilter {
  return (scores) => forbid(scores, tokens);
}

/** Tokens that do not come first. */
export function suppressedFirstTokens(tokens: readonly number[], forcedFirst: boolean): ScoreFilter {
  return (scores, { ids, promptLength }) => {
    // where the first token is forced, the one after it is the first that is chosen
    const first = forcedFirst && promptLength === 1 ? promptLength + 1 : promptLength;
    if (ids.length === first) forbid(scores, tokens);
  };
}

/** Nothing but these tokens, and the end. */
export function allowedTokens(tokens: readonly number[], endTokens: readonly number[]): ScoreFilter {
  const allowed = new Set([...tokens, ...endTokens]);
  return (scores) => {
    for (let i = 0; i < scores.length; i++) if (!allowed.has(i)) scores[i] = -Infinity;
  };
}

/** Tokens by what may follow them. */
interface Branch {
  readonly next: Map<number, Branch>;
  ends: boolean;
}

/** What is written is one of these sequences, and ends there. */
export function allowedSequences(
  sequences: readonly (readonly number[])[],
  endTokens: readonly number[],
): ScoreFilter {
  const root: Branch = { next: new Map(), ends: false };
  for (const tokens of sequences) {
    let branch = root;
    for (const token of tokens) {
      const next = branch.next.get(token) ?? { next: new Map(), ends: false };
      branch.next.set(token, next);
      branch = next;
    }
    branch.ends = true;
  }
  return (scores, { ids, promptLength }) => {
    let branch: Branch | undefined = root;
    for (let i = promptLength; i < ids.length; i++) branch = branch?.next.get(ids[i]!);
    const allowed = new Set(branch?.next.keys());
    // past the end, or beside all sequences (a forced token, say), there is only the end
    if (branch === undefined || branch.ends) for (const token of endTokens) allowed.add(token);
    for (let i = 0; i < scores.length; i++) if (!allowed.has(i)) scores[i] = -Infinity;
  };
}
