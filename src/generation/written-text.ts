/** Why a text ended: an end token, a stop string, the most tokens, or nothing was allowed to follow. */
export type EndReason = "end-token" | "stop-string" | "length" | "nothing-allowed";

/** A token, as soon as it is written. */
export interface WrittenToken {
  /** The number of the text: those of the first prompt come first. */
  readonly text: number;
  readonly token: number;
  /** Its log-probability before any filter, where settings ask for scores. */
  readonly logProbability?: number;
}

/** A text that was written. */
export interface WrittenText {
  /** The number of its prompt. */
  readonly prompt: number;
  /** The tokens that were written, the end token included. */
  readonly ids: readonly number[];
  readonly end: EndReason;
  /**
   * Of a beam search, what texts were ranked by: the sum of log-probabilities after filters, divided by
   * `length ** lengthPenalty`. Else the sum of log-probabilities before filters, where settings ask for scores.
   */
  readonly score?: number;
  /** The log-probability of each token before filters, where settings ask for scores; not of a beam search. */
  readonly logProbabilities?: readonly number[];
}

/** Whether texts, given as the tokens written, end in a stop string. */
export type StopCheck = (written: readonly (readonly number[])[]) => Promise<readonly boolean[]>;
