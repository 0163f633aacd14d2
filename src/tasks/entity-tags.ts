import type { TextSpan } from "../data/entity-spans.js";
import type { Words } from "./text-words.js";

/** Tags of words that stand for entities. */
export interface EntityTags {
  readonly tags: readonly string[];
  /** Entities that begin or end inside a word, or whose words another entity has taken. */
  readonly inexactCount: number;
}

/**
 * The IOB2 tags of words that entities overlap: `B-PER` for the first of an entity and `I-PER` for the others, `O` for
 * all else. An entity that begins or ends inside a word takes the whole of it, and is counted.
 */
export function tagsOfEntities(entities: readonly TextSpan[], { starts, ends }: Words): EntityTags {
  const tags = new Array<string>(starts.length).fill("O");
  let inexactCount = 0;
  let word = 0;
  for (const { type, start, end } of entities) {
    while (word < starts.length && ends[word]! <= start) word++;
    const first = word;
    while (word < starts.length && starts[word]! < end) {
      tags[word] = `${word === first ? "B" : "I"}-${type}`;
      word++;
    }
    if (word === first || starts[first] !== start || ends[word - 1] !== end) inexactCount++;
  }
  return { tags, inexactCount };
}

/** Whether tags spell entities (`B-PER`, `I-PER`, `O`) and not a class of each word (`NOUN`). */
export function spellEntities(tags: Iterable<string>): boolean {
  let some = false;
  for (const tag of tags) {
    if (tag === "O") continue;
    if (!/^[BIESLU]-./.test(tag)) return false;
    some = true;
  }
  return some;
}
