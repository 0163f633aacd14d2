import { FileError } from "./errors.js";

/** Anything JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A deeper nesting than any file of the field has; a bomb against recursive readers has more. */
const depthLimit = 200;

/**
 * Parse JSON that came from outside. `place` begins the error message (a path, or a path and line).
 * Objects come without a prototype, so that a key `__proto__` is a key like any other.
 */
export function parseJson(text: string, place: string): Json {
  checkDepth(text, place);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new FileError(place, `expected JSON, got: ${(error as Error).message}`, { cause: error });
  }
  removePrototypes(value);
  return value;
}

/** Parse JSON that must be an object. */
export function parseJsonObject(text: string, place: string): JsonObject {
  const value = parseJson(text, place);
  if (!isJsonObject(value)) throw new FileError(place, `expected a JSON object, got ${describeJson(value)}`);
  return value;
}

/** Whether a value is an object with keys: not null, not a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** What kind of JSON value this is, for error messages. */
export function describeJson(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return "an object";
  const shown = JSON.stringify(value);
  return `${typeof value} ${shown.length > 40 ? `${shown.slice(0, 40)}...` : shown}`;
}

function removePrototypes(value: Json): void {
  if (value === null || typeof value !== "object") return;
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
  for (const part of Object.values(value)) removePrototypes(part as Json);
}

function checkDepth(text: string, place: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > depthLimit) throw new FileError(place, `expected JSON nested at most ${depthLimit} deep`);
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
}
