import { FileError, type JsonObject } from "../../base/index.js";
import { isCount, wrongField } from "../step-fields.js";

/**
 * The tokens of a `{token: id}` table, by id. Ids must be 0, 1, 2, ... with none used twice; gaps are allowed
 * only where `filled` (the added tokens) names a token for the missing id.
 */
export function readVocabulary(
  table: JsonObject,
  place: string,
  filled: ReadonlyMap<number, string> = new Map(),
): string[] {
  const vocabulary: string[] = [];
  const entries = Object.entries(table);
  const limit = entries.length + filled.size;
  for (const [token, id] of entries) {
    if (!isCount(id)) throw wrongField(place, token, "an id (a whole number of at least 0)", id);
    if (id >= limit) {
      throw new FileError(
        place,
        `expected ids below ${limit}, as there are so many tokens, got ${id} for ${JSON.stringify(token)}`,
      );
    }
    if (vocabulary[id] !== undefined) {
      const tokens = `${JSON.stringify(vocabulary[id])} and ${JSON.stringify(token)}`;
      throw new FileError(place, `expected every id once, got ${id} for ${tokens}`);
    }
    vocabulary[id] = token;
  }
  for (let id = 0; id < vocabulary.length; id++) {
    vocabulary[id] ??= filled.get(id) ?? missing(id, place);
  }
  return vocabulary;
}

/** The vocabulary as a `{token: id}` table. */
export function vocabularyTable(vocabulary: readonly string[]): JsonObject {
  return Object.fromEntries(vocabulary.map((token, id) => [token, id]));
}

function missing(id: number, place: string): never {
  throw new FileError(place, `expected a token for every id, got none for ${id}`);
}
