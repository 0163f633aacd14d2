import { PieceTable } from "./piece-table.js";
import { forEachSortedPart, sharedLength } from "./suffix-order.js";
import type { UnigramCorpus } from "./unigram-corpus.js";

/**
 * The first, large vocabulary: every character, and the strings that occur at least twice and are not always
 * followed by the same character or the end of a word, the `limit` most valuable ones of them. A string is worth how
 * often it occurs times its length, a character its count; what is worth more is likelier at first.
 */
export function unigramSeeds(
  corpus: UnigramCorpus,
  isPiece: (piece: string) => boolean,
  maxPieceLength: number,
  limit: number,
): PieceTable {
  const { text, characters } = corpus;
  const repeats = repeatsIn(corpus, isPiece, maxPieceLength);
  const order = repeats.order().subarray(0, limit);
  const seeds = new PieceTable(text, characters.size + order.length);
  const { starts, lengths, scores: worths } = seeds;
  let at = 0;
  let start = corpus.starts.at(-1)!;
  for (const [character, count] of characters) {
    starts[at] = start;
    lengths[at] = character.length;
    worths[at++] = count;
    start += character.length;
  }
  for (const one of order) {
    starts[at] = repeats.starts[one]!;
    lengths[at] = repeats.lengths[one]!;
    worths[at++] = repeats.worths[one]!;
  }
  const logSum = Math.log(worths.reduce((sum, worth) => sum + worth, 0));
  for (let id = 0; id < at; id++) seeds.scores[id] = Math.log(worths[id]!) - logSum;
  return seeds;
}

/** Strings of a text by their places in it, in columns: as objects they would take more memory than all else. */
class RepeatColumns {
  count = 0;
  starts: Int32Array;
  lengths: Uint16Array;
  worths: Float64Array;

  /** With room for so many at first. */
  constructor(room: number) {
    this.starts = new Int32Array(room);
    this.lengths = new Uint16Array(room);
    this.worths = new Float64Array(room);
  }

  add(start: number, length: number, worth: number): void {
    if (this.count === this.starts.length) {
      const size = this.count * 2;
      this.starts = enlarged(new Int32Array(size), this.starts);
      this.lengths = enlarged(new Uint16Array(size), this.lengths);
      this.worths = enlarged(new Float64Array(size), this.worths);
    }
    this.starts[this.count] = start;
    this.lengths[this.count] = length;
    this.worths[this.count++] = worth;
  }

  /** The numbers of the strings, the most valuable first. */
  order(): Int32Array {
    const { starts, worths } = this;
    const all = Int32Array.from({ length: this.count }, (_, i) => i);
    return all.sort((a, b) => worths[b]! - worths[a]! || starts[a]! - starts[b]!);
  }
}

function enlarged<Numbers extends { set(from: Numbers): void }>(larger: Numbers, from: Numbers): Numbers {
  larger.set(from);
  return larger;
}

/** The repeated strings of a corpus that may be pieces, characters left out. */
function repeatsIn(
  corpus: UnigramCorpus,
  isPiece: (piece: string) => boolean,
  maxPieceLength: number,
): RepeatColumns {
  const { text, characters } = corpus;
  const length = corpus.starts.at(-1)!; // of the words
  const units = new Uint16Array(length + maxPieceLength + 2);
  for (let i = 0; i < length; i++) units[i] = text.charCodeAt(i);
  const depth = maxPieceLength + 1;
  const found = new RepeatColumns(1024 + (length >> 3));
  const offer = (start: number, length: number, count: number): void => {
    if (length < 2 || count < 2) return;
    const piece = text.slice(start, start + length);
    if (!hasOnly(piece, characters) || !isPiece(piece)) return;
    const size = characterCount(piece);
    if (size > 1) found.add(start, length, count * size);
  };
  forEachSortedPart(units, length, depth, (sorted) => forEachRepeat(units, sorted, depth, corpus, offer));
  return found;
}

function characterCount(piece: string): number {
  let count = 0;
  for (const _ of piece) count++;
  return count;
}

function hasOnly(piece: string, characters: ReadonlyMap<string, number>): boolean {
  for (const character of piece) if (!characters.has(character)) return false;
  return true;
}

/** Suffixes that share `length` units from some place in the order on; sums of counts to the left of them. */
interface OpenInterval {
  readonly length: number;
  readonly before: number;
  readonly finalBefore: number;
}

/**
 * Visit the strings that are followed by at least two different characters, each once, with how often they
 * occur: the inner nodes of the suffix tree. As in SentencePiece the space behind a word is one such character
 * and the end of a sentence another; both are written as 0 here and sort first, so the last suffix tells where
 * nothing else follows.
 */
function forEachRepeat(
  units: Uint16Array,
  order: Int32Array,
  depth: number,
  { starts, counts, finalCounts }: UnigramCorpus,
  visit: (start: number, length: number, count: number) => void,
): void {
  const open: OpenInterval[] = [];
  let sum = 0;
  let finalSum = 0;
  const close = (last: number): OpenInterval => {
    const interval = open.pop()!;
    const final = finalSum - interval.finalBefore;
    const count = sum - interval.before;
    const branches = units[last + interval.length] !== 0 || (final > 0 && final < count);
    if (branches) visit(last, interval.length, count);
    return interval;
  };
  let [previous, previousCount, previousFinal] = [-1, 0, 0];
  for (let i = 0; i < order.length; i++) {
    const position = order[i]!;
    const word = wordAt(starts, position);
    const [count, final] = [counts[word]!, finalCounts[word]!];
    const shared = i === 0 ? 0 : sharedLength(units, previous, position, depth);
    let closed: OpenInterval | undefined;
    while ((open.at(-1)?.length ?? 0) > shared) closed = close(previous);
    if (shared > (open.at(-1)?.length ?? 0)) {
      const before = closed?.before ?? sum - previousCount;
      const finalBefore = closed?.finalBefore ?? finalSum - previousFinal;
      open.push({ length: shared, before, finalBefore });
    }
    // A suffix of one word alone branches where some of its occurrences end a sentence and some do not.
    if (final > 0 && final < count) {
      const own = restLength(units, position, depth);
      const after = i + 1 < order.length ? sharedLength(units, position, order[i + 1]!, depth) : 0;
      if (own < depth && own > shared && own > after) visit(position, own, count);
    }
    sum += count;
    finalSum += final;
    [previous, previousCount, previousFinal] = [position, count, final];
  }
  while (open.length > 0) close(previous);
}

/** The word in which a position stands: the last one that begins there or before. */
function wordAt(starts: Int32Array, position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= position) low = middle;
    else high = middle;
  }
  return low;
}

function restLength(units: Uint16Array, position: number, limit: number): number {
  let length = 0;
  while (length < limit && units[position + length] !== 0) length++;
  return length;
}
