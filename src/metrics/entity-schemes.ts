/** How tags spell entities: which letter begins, continues and ends one. */
export type EntityScheme = "IOB1" | "IOB2" | "IOE1" | "IOE2" | "IOBES" | "BILOU";

/** "previous letter, letter, how the types compare"; `*` is any letter or any relation, `=` same type, `!` another. */
type Pattern = `${string}${string}${"=" | "!" | "*"}`;

/** The letters a scheme allows, and between which neighbours an entity starts, continues and ends. */
export interface SchemeRules {
  readonly letters: string;
  readonly start: readonly Pattern[];
  readonly inside: readonly Pattern[];
  readonly end: readonly Pattern[];
}

/** The rules of the schemes as seqeval 1.2 states them (`seqeval/scheme.py`). */
export const schemeRules: Record<EntityScheme, SchemeRules> = {
  IOB1: {
    letters: "IOB",
    start: ["OI*", "II!", "BI*", "IB=", "BB="],
    inside: ["BI=", "II="],
    end: ["II!", "IO*", "IB*", "BO*", "BI!", "BB="],
  },
  IOB2: {
    letters: "IOB",
    start: ["*B*"],
    inside: ["BI=", "II="],
    end: ["IO*", "II!", "IB*", "BO*", "BI!", "BB*"],
  },
  IOE1: {
    letters: "IOE",
    start: ["OI*", "II!", "EI*", "EE="],
    inside: ["II=", "IE="],
    end: ["II!", "IO*", "IE!", "EI=", "EE="],
  },
  IOE2: {
    letters: "IOE",
    start: ["OI*", "OE*", "EI*", "EE*", "II!", "IE!"],
    inside: ["IE=", "II="],
    end: ["E**"],
  },
  IOBES: {
    letters: "IOBES",
    start: ["*B*", "*S*"],
    inside: ["BI=", "BE=", "II=", "IE="],
    end: ["S**", "E**"],
  },
  BILOU: {
    letters: "BILOU",
    start: ["*B*", "*U*"],
    inside: ["BI=", "BL=", "II=", "IL="],
    end: ["U**", "L**"],
  },
};

/** Whether a pair of neighbouring tags is among the patterns. */
export function matches(
  patterns: readonly Pattern[],
  previous: string,
  letter: string,
  sameType: boolean,
): boolean {
  return patterns.some(
    (pattern) =>
      (pattern[0] === "*" || pattern[0] === previous) &&
      (pattern[1] === "*" || pattern[1] === letter) &&
      (pattern[2] === "*" || (pattern[2] === "=") === sameType),
  );
}
