import { documentBegins, type Stretch, wordBegins } from "../../data/corpus/token-corpus.js";

/** The special tokens of a row. */
export interface RowFrame {
  /** Before a row; where it begins a document, and where it goes on with one. */
  readonly before: readonly number[];
  readonly beforeRest: readonly number[];
  /** Between two documents. */
  readonly between: readonly number[];
  readonly after: readonly number[];
}

/** A stretch of a corpus as a model reads it. */
export interface FramedRow {
  readonly ids: Int32Array; // [length]
  /** The word that each token belongs to, counted from 0 in the row; -1 for special tokens. */
  readonly wordIds: Int32Array; // [length]
  /** How many tokens at the end of the stretch found no room beside the special ones. */
  readonly truncatedCount: number;
}

/** Put special tokens around a stretch and between its documents, at most `maxLength` tokens in all. */
export function frameStretch({ ids, begins }: Stretch, frame: RowFrame, maxLength: number): FramedRow {
  const row: number[] = [];
  const words: number[] = [];
  const add = (id: number, word: number): void => {
    row.push(id);
    words.push(word);
  };
  const addSpecial = (special: readonly number[]): void => {
    for (const id of special) add(id, -1);
  };
  const startsDocument = ((begins[0] ?? 0) & documentBegins) !== 0;
  addSpecial(startsDocument ? frame.before : frame.beforeRest);
  const room = maxLength - frame.after.length;
  let word = 0;
  let taken = 0;
  for (; taken < ids.length; taken++) {
    const begun = begins[taken]!;
    const parts = taken > 0 && (begun & documentBegins) !== 0 ? frame.between : [];
    if (row.length + parts.length + 1 > room) break;
    if (taken > 0 && (begun & wordBegins) !== 0) word++;
    addSpecial(parts);
    add(ids[taken]!, word);
  }
  addSpecial(frame.after);
  return {
    ids: Int32Array.from(row),
    wordIds: Int32Array.from(words),
    truncatedCount: ids.length - taken,
  };
}
