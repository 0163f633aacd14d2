import { DataError } from "../base/index.js";
import { type EntityScheme, matches, schemeRules } from "./entity-schemes.js";

/** A run of tokens: `start` inclusive, `end` exclusive, both token indices. */
export interface Entity {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The entities that tags spell, read as leniently as CoNLL's own scoring script does: an entity begins wherever
 * the type changes or a `B` or `S` stands, whatever the scheme.
 *
 * `["I-PER", "I-PER", "O"]` is one entity, PER 0 to 2.
 */
export function extractEntities(tags: readonly string[]): Entity[] {
  const entities: Entity[] = [];
  let previous = "O";
  let previousType = "_";
  let start = 0;
  for (let i = 0; i <= tags.length; i++) {
    const tag = tags[i] ?? "O";
    const letter = tag.charAt(0);
    const type = typeOf(tag);
    const typeChanged = type !== previousType;
    if (endsBefore(previous, letter) || (isInside(previous) && typeChanged)) {
      entities.push({ type: previousType, start, end: i });
    }
    if (startsAt(previous, letter) || (isInside(letter) && typeChanged)) start = i;
    previous = letter;
    previousType = type;
  }
  return entities;
}

/**
 * The entities that tags spell under a scheme, read strictly: what the scheme does not allow is no entity.
 * A letter that the scheme does not have is an error.
 */
export function extractEntitiesStrictly(tags: readonly string[], scheme: EntityScheme): Entity[] {
  const rules = schemeRules[scheme];
  const tokens = [...tags, "O"].map((tag) => {
    const letter = tag.charAt(0);
    if (!rules.letters.includes(letter) || letter === "") {
      throw new DataError(
        `tag "${tag}": expected one of ${[...rules.letters].join(", ")} first, as ${scheme} has`,
        {
          hint: "name the scheme that the data uses, or score without a scheme",
        },
      );
    }
    return { letter, type: tag.slice(1).replace(/^-+|-+$/g, "") || "_" };
  });
  const fits = (patterns: Parameters<typeof matches>[0], at: number) => {
    const previous = tokens[at - 1] ?? { letter: "O", type: "_" };
    const token = tokens[at]!;
    return matches(patterns, previous.letter, token.letter, previous.type === token.type);
  };
  const entities: Entity[] = [];
  for (let i = 0; i < tokens.length; ) {
    if (!fits(rules.start, i)) {
      i++;
      continue;
    }
    let end = i + 1;
    while (end < tokens.length && fits(rules.inside, end)) end++;
    if (end < tokens.length && fits(rules.end, end)) entities.push({ type: tokens[i]!.type, start: i, end });
    i = end;
  }
  return entities;
}

function typeOf(tag: string): string {
  const rest = tag.slice(1);
  const dash = rest.indexOf("-");
  return (dash < 0 ? rest : rest.slice(dash + 1)) || "_";
}

function isInside(letter: string): boolean {
  return letter !== "O" && letter !== ".";
}

function endsBefore(previous: string, letter: string): boolean {
  if (previous === "E" || previous === "S") return true;
  return (previous === "B" || previous === "I") && (letter === "B" || letter === "S" || letter === "O");
}

function startsAt(previous: string, letter: string): boolean {
  if (letter === "B" || letter === "S") return true;
  return (letter === "E" || letter === "I") && (previous === "E" || previous === "S" || previous === "O");
}
