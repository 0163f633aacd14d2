import type { ScoreFilter } from "./filter.js";

/** Divide scores: below 1 the likely becomes likelier, above 1 all become alike. */
export function temperature(value: number): ScoreFilter {
  return (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] = scores[i]! / value;
  };
}
