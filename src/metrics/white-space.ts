// biome-ignore lint/suspicious/noControlCharactersInRegex: what Python's str.split() splits at
const space = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** The words of a text between white space, as Python's `str.split()` gives them. */
export function splitWords(text: string): string[] {
  return text.split(space).filter((word) => word !== "");
}
