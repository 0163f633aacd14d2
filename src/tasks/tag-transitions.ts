import type { ChainNumbers } from "../nn/index.js";

/** Which tags may follow each other: those of a scheme, or all. */
export const tagSchemes = ["IOB2", "IOBES", "BILOU", "any"] as const;

export type TagScheme = (typeof tagSchemes)[number];

/** The letters with which an entity goes on, and those behind which it has to, in each scheme. */
const rules: Readonly<Record<Exclude<TagScheme, "any">, { goesOn: string; open: string }>> = {
  IOB2: { goesOn: "I", open: "" },
  IOBES: { goesOn: "IE", open: "BI" },
  BILOU: { goesOn: "IL", open: "BI" },
};

/**
 * Whether `to` may follow `from`: `I-PER` follows `B-PER` and `I-PER` alone; where the last word of an entity has a
 * letter of its own, nothing but `I-PER` and `E-PER` follows `B-PER`. A text begins and ends with undefined.
 */
export function mayFollow(from: string | undefined, to: string | undefined, scheme: TagScheme): boolean {
  if (scheme === "any") return true;
  const { goesOn, open } = rules[scheme];
  const has = (letters: string, tag = "O"): boolean => letters.includes(tag[0]!) && tag.length > 1;
  const isSameEntity = has("BI", from) && from!.slice(2) === to?.slice(2);
  if (has(goesOn, to)) return isSameEntity;
  return !has(open, from);
}

/** The scheme that labels spell and all of these texts keep to; `any` where there is none. */
export function schemeOf(labels: readonly string[], texts: Iterable<readonly string[]>): TagScheme {
  const letters = new Set(labels.map((label) => (/^[A-Z](-.+)?$/.exec(label) === null ? "?" : label[0]!)));
  const within = (known: string): boolean => [...letters].every((letter) => known.includes(letter));
  const scheme = (["IOB2", "IOBES", "BILOU"] as const).find((_, i) => within(["IOB", "IOBES", "BILOU"][i]!));
  if (scheme === undefined || letters.size < 2) return "any";
  for (const tags of texts)
    for (let i = 0; i <= tags.length; i++) if (!mayFollow(tags[i - 1], tags[i], scheme)) return "any";
  return scheme;
}

/** The numbers of a chain of these labels in which what the scheme forbids is ruled out. */
export function withinScheme(
  chain: ChainNumbers,
  labels: readonly string[],
  scheme: TagScheme,
): ChainNumbers {
  const kept = (value: number, from: string | undefined, to: string | undefined): number =>
    mayFollow(from, to, scheme) ? value : -Infinity;
  return {
    start: labels.map((to, i) => kept(chain.start[i]!, undefined, to)),
    transitions: labels.flatMap((from, i) =>
      labels.map((to, k) => kept(chain.transitions[i * labels.length + k]!, from, to)),
    ),
    end: labels.map((from, i) => kept(chain.end[i]!, from, undefined)),
  };
}
