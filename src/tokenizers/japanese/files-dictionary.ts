import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UnavailableError } from "../../base/index.js";
import { type JapaneseDictionary, readJapaneseDictionary } from "./dictionary.js";

let installed: Promise<JapaneseDictionary> | undefined;

/**
 * The dictionary that is installed with this package, or that of a directory. The installed one is read once
 * and then shared.
 *
 * ```ts
 * const analyzer = (await loadJapaneseDictionary()).analyzer();
 * analyzer.analyze("食べました")[0].baseForm; // 食べる
 * ```
 */
export function loadJapaneseDictionary(directory?: string): Promise<JapaneseDictionary> {
  if (directory !== undefined) return readDirectory(directory);
  installed ??= readDirectory(installedDirectory());
  return installed;
}

function installedDirectory(): string {
  try {
    const entryPoint = createRequire(import.meta.url).resolve("@patdx/kuromoji");
    return join(dirname(entryPoint), "..", "dict");
  } catch (error) {
    throw missing("the package @patdx/kuromoji", error);
  }
}

function readDirectory(directory: string): Promise<JapaneseDictionary> {
  return readJapaneseDictionary(async (name) => {
    try {
      return await readFile(join(directory, name));
    } catch (error) {
      throw missing(join(directory, name), error);
    }
  });
}

function missing(what: string, cause: unknown): UnavailableError {
  return new UnavailableError(`expected the Japanese dictionary, but ${what} cannot be read`, {
    hint: "npm install @patdx/kuromoji@1.0.4, or name the directory of its files.",
    cause,
  });
}
