import { FileError } from "../../base/index.js";
import { placeOf } from "../../formats/row.js";
import type { FileReport, SkippedLines } from "./raw-document.js";

/** What becomes of a line that is no text: it is skipped and counted, or the end. */
export type OnBadText = "skip" | "stop";

/** A file of which more than this share is no text is of another kind, or in another encoding. */
const mostBad = 0.1;

/** So many lines are enough to tell. */
const enoughLines = 10_000;

/** Counts what is read of a file, and ends the reading where too much is no text. */
export class FileTally implements FileReport {
  readonly path: string;
  readonly size: number;
  lineCount = 0;
  documentCount = 0;
  readonly #onBadText: OnBadText;
  readonly #skipped = new Map<string, { reason: string; count: number; firstLine: number }>();
  #badCount = 0;
  #firstBad: { line: number; problem: string; hint: string } | undefined;

  constructor(path: string, size: number, onBadText: OnBadText) {
    this.path = path;
    this.size = size;
    this.#onBadText = onBadText;
  }

  get skipped(): SkippedLines[] {
    return [...this.#skipped.values()];
  }

  /** A line that holds nothing. */
  skip(line: number, reason: string): void {
    const known = this.#skipped.get(reason);
    if (known !== undefined) known.count++;
    else this.#skipped.set(reason, { reason, count: 1, firstLine: line });
  }

  /** A line that should hold text and does not: what was expected and came, in a few words. */
  bad(line: number, problem: string, hint: string): void {
    if (this.#onBadText === "stop")
      throw new FileError(placeOf(this.path, line), `expected text, got ${problem}`, { hint });
    this.skip(line, problem);
    this.#badCount++;
    this.#firstBad ??= { line, problem, hint };
    if (this.lineCount >= enoughLines) this.check();
  }

  /** Throws if too many lines are no text: at the end of the file. */
  check(): void {
    if (this.#firstBad === undefined || this.#badCount <= mostBad * this.lineCount) return;
    const { line, problem, hint } = this.#firstBad;
    const counts = `${this.#badCount.toLocaleString("en-US")} of ${this.lineCount.toLocaleString("en-US")} lines`;
    throw new FileError(placeOf(this.path, line), `expected text, got ${problem}; so it is with ${counts}`, {
      hint,
    });
  }

  /** What was counted, as plain data. */
  report(): FileReport {
    const { path, size, lineCount, documentCount, skipped } = this;
    return { path, size, lineCount, documentCount, skipped };
  }
}
