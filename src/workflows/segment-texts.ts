import { loadJapaneseDictionary } from "../tokenizers/japanese/files-dictionary.js";

/** A text cut into morphemes, as it is printed: each its surface, then the columns of the dictionary. */
export interface SegmentedText {
  readonly tokens: readonly (readonly string[])[];
}

/** What cuts Japanese texts into morphemes as MeCab does. */
export async function openSegmenter(
  options: { readonly dictionary?: string; readonly edition?: "debian" | "python" } = {},
): Promise<(text: string) => SegmentedText> {
  const dictionary = await loadJapaneseDictionary(options.dictionary);
  const analyzer = dictionary.analyzer(options.edition ?? "debian");
  return (text) => ({
    tokens: analyzer.analyze(text).map(({ surface, features }) => [surface, ...features]),
  });
}
