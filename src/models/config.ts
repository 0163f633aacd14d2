import { FileError } from "../base/errors.js";
import { describeJson, type JsonObject } from "../base/json.js";

/** Reads the fields of a config.json, with errors that name the file and the key. */
export interface ConfigReader {
  integer(key: string, fallback?: number): number;
  number(key: string, fallback?: number): number;
  string(key: string, fallback?: string): string;
  boolean(key: string, fallback: boolean): boolean;
}

/** Read config.json; `place` is its path. Sizes are bounded, so that a hostile file cannot ask for all memory. */
export function configReader(config: JsonObject, place: string): ConfigReader {
  const fail = (key: string, expected: string): never => {
    const got = key in config ? describeJson(config[key]) : "nothing";
    throw new FileError(place, `${key}: expected ${expected}, got ${got}`);
  };
  return {
    integer(key, fallback) {
      const value = config[key] ?? fallback;
      if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > 2 ** 31)
        return fail(key, "a whole number from 1 up");
      return value as number;
    },
    number(key, fallback) {
      const value = config[key] ?? fallback;
      return typeof value === "number" && Number.isFinite(value) && value >= 0
        ? value
        : fail(key, "a number from 0 up");
    },
    boolean(key, fallback) {
      const value = config[key] ?? fallback;
      return typeof value === "boolean" ? value : fail(key, "true or false");
    },
    string(key, fallback) {
      const value = config[key] ?? fallback;
      return typeof value === "string" ? value : fail(key, "a string");
    },
  };
}
