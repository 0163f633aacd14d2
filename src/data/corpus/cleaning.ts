import { BoundedHashSet } from "./hash-set.js";
import { NearDuplicates } from "./near-duplicates.js";
import { type CountedPlaces, PlaceCounter, type RawDocument } from "./raw-document.js";
import { hashText } from "./text-hash.js";

/** What is taken out of a corpus. */
export interface CleaningOptions {
  /** Documents that repeat an earlier one, without regard to width and white space. Default true. */
  readonly duplicates?: boolean;
  /** Lines that repeat an earlier one of any document, such as menus and notices. Default false. */
  readonly duplicateLines?: boolean;
  /**
   * Documents that are nearly an earlier one: the share, from 0 to 1, that the runs of five words (in Japanese
   * characters) of both have of those of either. 0.8 is usual. Default: none.
   */
  readonly nearDuplicates?: number;
  /** Bytes for what is remembered of earlier texts. Default 384 MB. */
  readonly memory?: number;
}

/** A step of cleaning. */
export const cleaningSteps = ["empty", "duplicate", "duplicate-line", "near-duplicate", "no-token"] as const;
/** The name of a step: documents without text, repetitions, and documents of which the tokenizer leaves nothing. */
export type CleaningStep = (typeof cleaningSteps)[number];

/** What a step took out. */
export interface Removed extends CountedPlaces {
  readonly step: CleaningStep;
  /** Documents, or lines, that found no room in memory: a repetition of these is not seen. */
  readonly missedCount: number;
}

const defaultMemory = 384 * 2 ** 20;

/** Cleans the documents of a corpus in their order, and counts what each step takes out. */
export class Cleaning {
  readonly #removed: ReadonlyMap<CleaningStep, PlaceCounter> = new Map(
    cleaningSteps.map((step) => [step, new PlaceCounter()]),
  );
  readonly #documents: BoundedHashSet | undefined;
  readonly #lines: BoundedHashSet | undefined;
  readonly #near: NearDuplicates | undefined;

  constructor({
    duplicates = true,
    duplicateLines = false,
    nearDuplicates,
    memory = defaultMemory,
  }: CleaningOptions) {
    const weights = [
      duplicates ? 1 : 0,
      duplicateLines ? 2 : 0,
      nearDuplicates === undefined ? 0 : 3,
    ] as const;
    const part = memory / Math.max(1, weights[0] + weights[1] + weights[2]);
    if (duplicates) this.#documents = new BoundedHashSet(part);
    if (duplicateLines) this.#lines = new BoundedHashSet(2 * part);
    if (nearDuplicates !== undefined) this.#near = new NearDuplicates(nearDuplicates, 3 * part);
  }

  /** The text that is left of a document, or undefined where it is taken out. */
  clean({ text, place }: RawDocument): string | undefined {
    const trimmed = text.trim();
    if (trimmed === "") return this.#remove("empty", place);
    if (this.#documents?.add(hashText(comparedForm(trimmed)))) return this.#remove("duplicate", place);
    const left = this.#lines === undefined ? trimmed : this.#withoutKnownLines(trimmed, place);
    return left === "" ? undefined : left; // of one without lines these are counted
  }

  /** Whether an encoded document stays: it has tokens, and by its sketch is not like an earlier one. */
  keeps(place: string, tokenCount: number, sketch: Uint8Array): boolean {
    if (tokenCount === 0) this.#remove("no-token", place);
    else if (this.#near !== undefined && sketch.some((byte) => byte !== 0) && this.#near.add(sketch))
      this.#remove("near-duplicate", place);
    else return true;
    return false;
  }

  /** What was taken out, by the steps that took out or missed something. */
  report(): Removed[] {
    const missed: Partial<Record<CleaningStep, number | undefined>> = {
      duplicate: this.#documents?.missedCount,
      "duplicate-line": this.#lines?.missedCount,
      "near-duplicate": this.#near?.missedCount,
    };
    return cleaningSteps
      .map((step) => {
        const { count, examples } = this.#removed.get(step)!;
        return { step, count, examples, missedCount: missed[step] ?? 0 };
      })
      .filter(({ count, missedCount }) => count + missedCount > 0);
  }

  #remove(step: CleaningStep, place: string): undefined {
    this.#removed.get(step)!.add(place);
  }

  #withoutKnownLines(text: string, place: string): string {
    const kept = text.split("\n").filter((line) => {
      const form = comparedForm(line);
      if (form === "" || !this.#lines!.add(hashText(form))) return true;
      this.#remove("duplicate-line", place);
      return false;
    });
    return kept.join("\n").trim();
  }
}

/** What is compared of two texts: not the width of their characters, nor their white space. */
function comparedForm(text: string): string {
  return text.normalize("NFKC").replace(/\s+/g, " ").trim();
}
