// Stands in a page for the Japanese dictionary's reader of files: it is fetched from the server.
import { type JapaneseDictionary, readJapaneseDictionary } from "../../../src/tokenizers/index.js";

let fetched: Promise<JapaneseDictionary> | undefined;

/** The dictionary of this package, fetched once. */
export function loadJapaneseDictionary(): Promise<JapaneseDictionary> {
  fetched ??= readJapaneseDictionary("/dictionary");
  return fetched;
}
