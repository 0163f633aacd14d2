import { DataError, hash, hashString, OptionError } from "../../base/index.js";
import { evenMix } from "./even-mix.js";
import { permuted } from "./row-order.js";
import type { Stretch, TokenCorpus } from "./token-corpus.js";

/** A corpus and its weight among others. */
export interface WeightedCorpus {
  readonly corpus: TokenCorpus;
  /** Its share of the rows, relative to the others'. Default 1. */
  readonly weight?: number;
}

/** What rows are cut from. */
export interface CorpusRowsOptions {
  readonly corpora: readonly WeightedCorpus[];
  /** Tokens of a row. */
  readonly rowLength: number;
  readonly seed: number;
}

/** How much of a corpus some rows are. */
export interface CorpusUse {
  /** Rows that are drawn from it. */
  readonly rowCount: number;
  /** How many times that is the whole corpus. */
  readonly times: number;
}

/** Rows of tokens in a random order, any of which can be asked for: a run that goes on needs only its number. */
export interface CorpusRows {
  readonly rowLength: number;
  /** The rows of each corpus; a rest too short for one is left out, another in each epoch. */
  readonly rowCounts: readonly number[];
  /** The share of the rows that each corpus has. */
  readonly shares: readonly number[];
  /** Rows after which every corpus was read once. */
  readonly epochRowCount: number;
  /** A row, from 0 on without end. Its document is numbered among those of all corpora. */
  row(index: number): Stretch & { readonly corpus: number };
  /** How much of each corpus the first rows are. */
  uses(count: number): CorpusUse[];
}

/**
 * Cut corpora into rows of `rowLength` tokens and put these in a random order, with each corpus at its weight. A corpus
 * that has come to its end goes around again in another order. Finding a row takes no memory and no time to speak of.
 *
 * ```ts
 * const rows = corpusRows({ corpora: [{ corpus: wiki, weight: 3 }, { corpus: news }], rowLength: 510, seed: 1 });
 * const { ids } = rows.row(step * batchSize + i);
 * ```
 */
export function corpusRows({ corpora, rowLength, seed }: CorpusRowsOptions): CorpusRows {
  if (!(Number.isSafeInteger(rowLength) && rowLength > 0))
    throw new OptionError(`rows of a corpus: expected a whole number of tokens above 0, got ${rowLength}`);
  if (corpora.length === 0) throw new OptionError("rows of a corpus: expected a corpus, got none");
  const rowCounts = corpora.map(({ corpus: { tokenCount } }, i) => {
    const rowCount = Math.floor(tokenCount / rowLength);
    if (rowCount > 0) return rowCount;
    throw new DataError(
      `corpus ${i + 1}: expected at least a row of ${rowLength} tokens, got ${tokenCount} tokens`,
      {
        hint: "give more text, or shorter rows",
      },
    );
  });
  let documentCount = 0;
  const documentsBefore = corpora.map(({ corpus }) => {
    documentCount += corpus.documentCount;
    return documentCount - corpus.documentCount;
  });
  const mix = evenMix(corpora.map(({ weight = 1 }) => weight));
  const key = hashString("rows", hash(seed | 0, Math.floor(seed / 2 ** 32)));
  return {
    rowLength,
    rowCounts,
    shares: mix.shares,
    epochRowCount: Math.max(...rowCounts.map((count, i) => Math.ceil(count / mix.shares[i]!))),
    row(index) {
      const { source, drawn } = mix.at(index);
      const { corpus } = corpora[source]!;
      const rowCount = rowCounts[source]!;
      const epochKey = hash(hash(key, source), Math.floor(drawn / rowCount));
      // the rest that is too short for a row stands at the beginning in part, in part at the end
      const shift = hash(epochKey, 0x72657374) % (corpus.tokenCount - rowCount * rowLength + 1);
      const row = permuted(drawn % rowCount, rowCount, epochKey);
      const stretch = corpus.read(shift + row * rowLength, rowLength);
      return { ...stretch, document: stretch.document + documentsBefore[source]!, corpus: source };
    },
    uses: (count) => mix.counts(count).map((rowCount, i) => ({ rowCount, times: rowCount / rowCounts[i]! })),
  };
}
