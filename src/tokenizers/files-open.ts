import { loadJapaneseDictionary } from "./japanese/files-dictionary.js";
import { needsJapaneseDictionary } from "./japanese/index.js";
import { readTokenizer } from "./read-tokenizer.js";
import type { Tokenizer, TokenizerFiles } from "./tokenizer.js";

/** The tokenizer of `toFiles()` of another, as a thread makes itself one; the Japanese dictionary is loaded where it is needed. */
export async function openTokenizerFiles(files: TokenizerFiles): Promise<Tokenizer> {
  const place = "tokenizer";
  const dictionary = needsJapaneseDictionary(files, place) ? await loadJapaneseDictionary() : undefined;
  return readTokenizer(files, place, dictionary);
}
