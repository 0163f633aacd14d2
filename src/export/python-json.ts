import { isJsonObject, type Json, type JsonObject } from "../base/index.js";

/** JSON with the keys of every object sorted by code point, as Python's `json.dump(..., sort_keys=True)` writes it. */
export function sortedJson(value: JsonObject, indent: number): string {
  return JSON.stringify(sorted(value), null, indent);
}

/** Python's way of writing one of our names: `pythonName("evalLoss")` is `eval_loss`; such a name stays as it is. */
export function pythonName(name: string): string {
  return name.replace(/[A-Z]/g, (letter, at: number) => (at === 0 ? "" : "_") + letter.toLowerCase());
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  // Integer-like keys would come first whatever their order here; none of Python's files has one.
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key]!)]));
}
