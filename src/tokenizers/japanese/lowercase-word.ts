import { type AlignedText, mapCharacters, withText } from "../aligned-text.js";

/** Lower case with regard to neighbours, as Python's `lower` has it: a Σ at the end of a word becomes ς. */
export function lowercaseWord(source: AlignedText): AlignedText {
  const lower = source.text.toLowerCase();
  if (lower === source.text) return source;
  if (lower.length === source.text.length) return withText(source, lower);
  let at = 0;
  return mapCharacters(source, (character) => {
    const from = at;
    at += character.toLowerCase().length;
    return lower.slice(from, at);
  });
}
