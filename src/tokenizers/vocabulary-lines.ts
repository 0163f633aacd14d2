import { FileError } from "../base/index.js";

/**
 * The tokens of a vocab.txt, one a line. A token may hold any white space but line breaks; none may come
 * twice.
 */
export function readVocabularyLines(text: string, place: string): string[] {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const seen = new Map<string, number>();
  return lines.map((line, i) => {
    const token = line.endsWith("\r") ? line.slice(0, -1) : line;
    const first = seen.get(token);
    if (first !== undefined) {
      throw new FileError(
        `${place}, line ${i + 1}`,
        `expected every token once, got ${JSON.stringify(token)} as on line ${first}`,
      );
    }
    seen.set(token, i + 1);
    return token;
  });
}
