import { FileError, type Json, type JsonObject, parseJsonObject } from "../base/index.js";
import type { AddedToken } from "./added-tokens.js";
import { booleanField, countField, isCount, objectAt, stringField, wrongField } from "./step-fields.js";

/**
 * A longer added token is no token but an attack on whoever looks for it: finding tokens takes time in
 * proportion to the longest of them.
 */
const contentLimit = 1000;

/** The added tokens of a tokenizer.json. */
export function readAddedTokens(list: Json | undefined, place: string): AddedToken[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw wrongField(place, "added_tokens", "a list", list);
  return list.map((value: Json, i) => {
    const where = `${place}, added_tokens[${i}]`;
    const json = objectAt(value, where);
    return readAddedToken(json, countField(json, "id", where), where);
  });
}

/** Added tokens from where a tokenizer without tokenizer.json keeps them. */
export function readAddedFiles(
  files: ReadonlyMap<string, string>,
  config: JsonObject,
  place: string,
): AddedToken[] {
  const tokens = new Map<number, AddedToken>();
  const text = files.get("added_tokens.json");
  const listPlace = `${place}/added_tokens.json`;
  for (const [content, id] of Object.entries(text === undefined ? {} : parseJsonObject(text, listPlace))) {
    if (!isCount(id)) throw wrongField(listPlace, content, "an id", id);
    tokens.set(id, readAddedToken({ content }, id, listPlace));
  }
  const key = "added_tokens_decoder";
  const where = `${place}/tokenizer_config.json, ${key}`;
  for (const [digits, value] of Object.entries(
    config[key] === undefined ? {} : objectAt(config[key], where),
  )) {
    const id = Number(digits);
    if (!isCount(id)) throw new FileError(where, `expected ids as keys, got ${JSON.stringify(digits)}`);
    tokens.set(id, readAddedToken(objectAt(value, where), id, `${where}, ${digits}`));
  }
  return [...tokens.values()].sort((a, b) => a.id - b.id);
}

/** One added token, whose id may stand beside it. */
export function readAddedToken(json: JsonObject, id: number, place: string): AddedToken {
  const content = stringField(json, "content", place);
  if (content === "" || content.length > contentLimit) {
    throw new FileError(
      place,
      `expected "content" of 1 to ${contentLimit} characters, got ${content.length}`,
    );
  }
  const special = booleanField(json, "special", place, false);
  return {
    content,
    id,
    special,
    singleWord: booleanField(json, "single_word", place, false),
    stripLeft: booleanField(json, "lstrip", place, false),
    stripRight: booleanField(json, "rstrip", place, false),
    normalized: booleanField(json, "normalized", place, !special),
  };
}

/** Refuse added tokens whose ids contradict the vocabulary, one another, or leave a gap. */
export function checkAddedTokens(
  tokens: readonly AddedToken[],
  vocabulary: readonly string[],
  tokenToId: (token: string) => number | undefined,
  place: string,
): void {
  const byId = new Map<number, string>();
  const byContent = new Map<string, number>();
  let limit = vocabulary.length;
  for (const { content, id } of tokens) {
    const known = byContent.get(content) ?? tokenToId(content);
    const other = byId.get(id) ?? vocabulary[id];
    const shown = JSON.stringify(content);
    if (known !== undefined && known !== id) {
      throw new FileError(place, `expected the added token ${shown} to have its id ${known}, got ${id}`);
    }
    if (other !== undefined && other !== content) {
      throw new FileError(
        place,
        `expected every id once, got ${id} for ${JSON.stringify(other)} and ${shown}`,
      );
    }
    byId.set(id, content);
    byContent.set(content, id);
  }
  while (byId.has(limit)) limit++;
  for (const { content, id } of tokens) {
    if (id < limit) continue;
    const problem = `expected a token for every id, got none for ${limit} but ${id} for ${JSON.stringify(content)}`;
    throw new FileError(place, problem);
  }
}
