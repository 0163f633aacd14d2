import { describeJson, FileError, isJsonObject, type Json, type JsonObject } from "../base/index.js";

/** A field of a step that must be true or false; absent, it is `absent` where that is given. */
export function booleanField(step: JsonObject, key: string, place: string, absent?: boolean): boolean {
  const value = step[key] ?? absent;
  if (typeof value === "boolean") return value;
  throw wrongField(place, key, "true or false", step[key]);
}

/** A field of a step that must be a string; absent, it is `absent` where that is given. */
export function stringField(step: JsonObject, key: string, place: string, absent?: string): string {
  const value = step[key] ?? absent;
  if (typeof value === "string") return value;
  throw wrongField(place, key, "a string", step[key]);
}

/**
 * A field of a step that must be a whole number of at least 0; absent, it is `absent` where that is given.
 */
export function countField(step: JsonObject, key: string, place: string, absent?: number): number {
  const value = step[key] ?? absent;
  if (isCount(value)) return value;
  throw wrongField(place, key, "a whole number of at least 0", step[key]);
}

/** A field of a step that must be a list. */
export function listField(step: JsonObject, key: string, place: string): readonly Json[] {
  const value = step[key];
  if (Array.isArray(value)) return value as readonly Json[];
  throw wrongField(place, key, "a list", value);
}

/** A field of a step that must be an object. */
export function objectField(step: JsonObject, key: string, place: string): JsonObject {
  return objectAt(step[key], `${place}, ${key}`);
}

/** A field of a step that must be one of a few words. */
export function choiceField<Choice extends string>(
  step: JsonObject,
  key: string,
  choices: readonly Choice[],
  place: string,
  absent?: Choice,
): Choice {
  const value = step[key] ?? absent;
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw wrongField(place, key, `one of ${choices.join(", ")}`, step[key]);
}

/** A value of a file that must be an object. */
export function objectAt(value: Json | undefined, place: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new FileError(place, `expected an object, got ${describeJson(value)}`);
}

/** Whether a value can be an id or a count. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The error for a field of the wrong form. */
export function wrongField(place: string, key: string, expected: string, came: unknown): FileError {
  return new FileError(place, `expected "${key}" to be ${expected}, got ${describeJson(came)}`);
}
