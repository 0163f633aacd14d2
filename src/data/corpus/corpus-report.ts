import { sizesOf } from "../text-size.js";
import type { Removed } from "./cleaning.js";
import { type CountName, countNames } from "./encode-documents.js";
import type { CountedPlaces, FileReport } from "./raw-document.js";

/** What there is to know of a corpus before a model learns from it. Counts are of what was kept. */
export interface CorpusReport {
  readonly files: readonly FileReport[];
  readonly documentCount: number;
  readonly sentenceCount: number;
  readonly tokenCount: number;
  /** Characters of the texts (code points), and their bytes in UTF-8. */
  readonly characterCount: number;
  readonly byteCount: number;
  /** Tokens that stand for what the vocabulary cannot spell. */
  readonly unknownCount: number;
  /** Special tokens that stand in the texts as words: `[SEP]`. */
  readonly specialCount: number;
  /** Tokens of a document. */
  readonly lengths: { readonly median: number; readonly most: number; readonly longest: number };
  /** What was taken out, by steps. */
  readonly removed: readonly Removed[];
  /** Parts that were cut off documents because these were too long. */
  readonly cutDocuments: CountedPlaces;
  /** Sentences that were too long, and were cut. */
  readonly cutSentenceCount: number;
}

/** Counts the documents of a corpus as they come. */
export class CorpusTally {
  readonly #counts: Record<CountName, number> = {
    token: 0,
    sentence: 0,
    unknown: 0,
    special: 0,
    cutSentence: 0,
  };
  readonly #lengths = new Map<number, number>(); // documents by their tokens
  #documentCount = 0;
  #characterCount = 0;
  #byteCount = 0;

  get documentCount(): number {
    return this.#documentCount;
  }

  get tokenCount(): number {
    return this.#counts.token;
  }

  /** Count a document, by the counts of `EncodedDocuments`. */
  add(counts: Int32Array, text: string): void {
    const [bytes, characters] = sizesOf(text);
    this.#documentCount++;
    this.#characterCount += characters;
    this.#byteCount += bytes;
    countNames.forEach((name, i) => {
      this.#counts[name] += counts[i]!;
    });
    const length = counts[0]!;
    this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + 1);
  }

  /** The report, with what others have counted. */
  report(others: Pick<CorpusReport, "files" | "removed" | "cutDocuments">): CorpusReport {
    const { token, sentence, unknown, special, cutSentence } = this.#counts;
    return {
      files: others.files,
      documentCount: this.#documentCount,
      sentenceCount: sentence,
      tokenCount: token,
      characterCount: this.#characterCount,
      byteCount: this.#byteCount,
      unknownCount: unknown,
      specialCount: special,
      lengths: { median: this.#length(0.5), most: this.#length(0.95), longest: this.#length(1) },
      removed: others.removed,
      cutDocuments: others.cutDocuments,
      cutSentenceCount: cutSentence,
    };
  }

  /** The length that a share of the documents does not exceed: the nearest rank, so that it occurs. */
  #length(share: number): number {
    let left = Math.max(1, Math.ceil(share * this.#documentCount));
    for (const [length, count] of [...this.#lengths].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return length;
    }
    return 0;
  }
}
