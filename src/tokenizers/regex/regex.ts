import { compileProgram } from "./compile.js";
import { Matcher } from "./matcher.js";
import { parseRegex } from "./parse.js";

/** A regular expression that takes time in proportion to the text, whatever it says. */
export interface Regex {
  readonly pattern: string;
  /**
   * Every match in `text` from `start` to `end`, which are the ends of the text to the pattern: start and end
   * of each, one pair after the other. A match may be empty, but not where another has just ended.
   */
  findAll(text: string, start: number, end: number): number[];
}

/**
 * Compile a regular expression of a tokenizer file, which means what it means to Oniguruma in its Ruby
 * syntax: the first way to match counts, not the longest. `place` begins every error.
 */
export function compileRegex(pattern: string, place: string): Regex {
  const matcher = new Matcher(compileProgram(parseRegex(pattern, place), pattern, place));
  return { pattern, findAll: (text, start, end) => matcher.findAll(text, start, end) };
}
