import { FileError } from "../../base/index.js";

/** Reads a pattern character by character. */
export class PatternReader {
  readonly #pattern: string;
  readonly #place: string;
  #at = 0;

  constructor(pattern: string, place: string) {
    this.#pattern = pattern;
    this.#place = place;
  }

  get atEnd(): boolean {
    return this.#at >= this.#pattern.length;
  }

  /** Take the next character. */
  next(): string {
    if (this.atEnd) throw this.error("no end where one is needed");
    const character = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!);
    this.#at += character.length;
    return character;
  }

  /** The next character, not taken; empty at the end. */
  peek(): string {
    return this.atEnd ? "" : String.fromCodePoint(this.#pattern.codePointAt(this.#at)!);
  }

  sees(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at);
  }

  /** Take `text` if it comes next. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** Take what `form`, which begins with `^`, matches next. */
  takeMatch(form: RegExp): RegExpExecArray | undefined {
    const match = form.exec(this.#pattern.slice(this.#at));
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  /** The error for a pattern that this engine does not take. */
  error(problem: string): FileError {
    const shown = JSON.stringify(this.#pattern);
    return new FileError(
      this.#place,
      `the regular expression ${shown} has ${problem} before character ${this.#at}, which is not supported`,
      {
        hint: "Supported: what Oniguruma for Ruby and linear time have in common. Use a tokenizer with a plainer pattern.",
      },
    );
  }
}
