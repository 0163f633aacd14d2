import { OptionError } from "../../base/index.js";
import { compareCodePoints } from "./code-point-order.js";
import { coveredCharacters } from "./covered-characters.js";
import { type PieceRules, pieceRule } from "./piece-rules.js";
import type { TrainProgress } from "./trainer.js";
import type { WordCounts } from "./word-counts.js";

/** What the pieces of a SentencePiece BPE model are learnt by. */
export interface MergedPiecesOptions extends PieceRules {
  /** How many pieces to find, characters included. Default 8000. */
  pieceCount?: number;
  /** The share of the text that the characters of the vocabulary make. Default 0.9995. */
  characterCoverage?: number;
  onProgress?: (progress: TrainProgress) => void;
}

/** Stands between words, and for characters that are not in the vocabulary: nothing is merged with it. */
const barrier = -1;

/** Two neighbours that may become one piece. */
interface Pair {
  readonly left: number;
  readonly right: number;
  readonly text: string;
  /** Characters. */
  readonly length: number;
  /** Where the left of the two began when they were seen, ascending; those that are past are dropped as they are met. */
  places: number[];
  /** How often the pair occurs; undefined before it is counted, and when it is out of consideration. */
  count: number | undefined;
}

/**
 * Learn the pieces of a BPE model as SentencePiece does: from characters on, the most frequent pair becomes a piece,
 * of equals the shorter, then the first by its code points. Its score is minus its rank; the characters come last,
 * the most frequent first. As in the original, three equal characters side by side are two pairs, and where the text
 * has no pairs left such are taken as have been in it.
 *
 * Sennrich et al.: Neural Machine Translation of Rare Words with Subword Units (2016), https://arxiv.org/abs/1508.07909
 */
export function mergedPieces(
  words: WordCounts,
  options: MergedPiecesOptions = {},
): [piece: string, score: number][] {
  const { pieceCount = 8000, characterCoverage = 0.9995, onProgress } = options;
  const characters = coveredCharacters(words, { coverage: characterCoverage });
  const wanted = pieceCount - characters.size;
  if (wanted < 0) {
    throw new OptionError(
      `vocabulary size: expected room for ${characters.size} characters, got ${pieceCount} pieces`,
      { hint: "ask for more pieces, or keep fewer characters (a lower character coverage)" },
    );
  }
  const text = new MergedText(words, [...characters.keys()], pieceRule(options));
  const pieces: string[] = [];
  const known = new Set<string>();
  while (pieces.length < wanted) {
    const best = text.best();
    if (best === undefined) break;
    text.forget(best);
    // `aa` and `a` make what `a` and `aa` have made
    if (known.has(best.text)) continue;
    known.add(best.text);
    pieces.push(best.text);
    text.merge(best);
    onProgress?.({ done: pieces.length, total: wanted });
  }
  return [...pieces, ...characters.keys()].map((piece, rank) => [piece, -rank]);
}

/** The words as they are merged, one after the other in one row of symbols with barriers between. */
class MergedText {
  /** The symbol that begins at each place; barriers, and whatever where none begins. */
  readonly #symbols: Int32Array;
  /** Where the symbol begins that ends at each place. */
  readonly #starts: Int32Array;
  readonly #counts: Float64Array;
  readonly #pieces: string[];
  readonly #lengths: number[];
  readonly #pairs: Map<number, Pair | undefined> = new Map();
  readonly #queue: PairQueue = new PairQueue();
  readonly #isPiece: (text: string) => boolean;
  readonly #changed: Set<Pair> = new Set();

  constructor(words: WordCounts, characters: readonly string[], isPiece: (text: string) => boolean) {
    this.#isPiece = isPiece;
    this.#pieces = [...characters];
    this.#lengths = characters.map(() => 1);
    const ids = new Map(characters.map((character, id) => [character, id]));
    const entries: [word: string, count: number][] = [];
    words.forEach((word, count) => {
      if (word !== "") entries.push([word, count]);
    });
    entries.sort(([a, one], [b, other]) => other - one || compareCodePoints(a, b));
    const symbols: number[] = [barrier];
    const counts: number[] = [0];
    for (const [word, count] of entries) {
      for (const character of word) {
        symbols.push(ids.get(character) ?? barrier);
        counts.push(count);
      }
      symbols.push(barrier);
      counts.push(0);
    }
    this.#symbols = Int32Array.from(symbols);
    this.#counts = Float64Array.from(counts);
    this.#starts = Int32Array.from(symbols, (_, place) => place);
    for (let place = 1; place < symbols.length; place++) this.#see(place - 1, place);
    this.#recount();
  }

  /** The pair to merge next. */
  best(): Pair | undefined {
    return this.#queue.first();
  }

  /** Take a pair out of consideration. */
  forget(pair: Pair): void {
    pair.count = undefined;
    this.#pairs.delete(keyOf(pair.left, pair.right));
  }

  /** Make one symbol of the pair wherever it stands. */
  merge(pair: Pair): void {
    const symbol = this.#pieces.push(pair.text) - 1;
    this.#lengths.push(pair.length);
    for (const left of pair.places) {
      const right = left + this.#lengths[pair.left]!;
      // it may have become part of the place before
      if (this.#symbols[left] !== pair.left || this.#symbols[right] !== pair.right) continue;
      const next = right + this.#lengths[pair.right]!;
      const previous = this.#starts[left - 1]!;
      this.#recountLater(previous, left, pair);
      this.#recountLater(right, next, pair);
      this.#symbols[left] = symbol;
      this.#symbols[right] = barrier;
      this.#starts[next - 1] = left;
      this.#see(previous, left);
      this.#see(left, next);
    }
    this.#recount();
  }

  #see(left: number, right: number): void {
    const pair = this.#pairAt(left, right);
    if (pair === undefined) return;
    pair.places.push(left);
    this.#changed.add(pair);
  }

  #recountLater(left: number, right: number, merged: Pair): void {
    if (this.#symbols[left] === merged.left && this.#symbols[right] === merged.right) return;
    const pair = this.#pairAt(left, right);
    if (pair !== undefined) this.#changed.add(pair);
  }

  #recount(): void {
    for (const pair of this.#changed) {
      const count = this.#count(pair);
      if (count !== pair.count) this.#queue.push(pair, count);
      pair.count = count;
    }
    this.#changed.clear();
  }

  /** Count the places that still hold the pair, and keep those alone. */
  #count(pair: Pair): number {
    let count = 0;
    const kept: number[] = [];
    for (const left of pair.places) {
      const right = left + this.#lengths[pair.left]!;
      if (this.#symbols[left] !== pair.left || this.#symbols[right] !== pair.right) continue;
      kept.push(left);
      count += this.#counts[left]!;
    }
    pair.places = kept;
    return count;
  }

  /** The pair of the symbols at two places; undefined where they must not be one piece. */
  #pairAt(leftPlace: number, rightPlace: number): Pair | undefined {
    const [left, right] = [this.#symbols[leftPlace]!, this.#symbols[rightPlace]!];
    if (left === barrier || right === barrier) return undefined;
    const key = keyOf(left, right);
    if (this.#pairs.has(key)) return this.#pairs.get(key);
    const text = this.#pieces[left]! + this.#pieces[right]!;
    const length = this.#lengths[left]! + this.#lengths[right]!;
    const pair = this.#isPiece(text)
      ? { left, right, text, length, places: [], count: undefined }
      : undefined;
    this.#pairs.set(key, pair);
    return pair;
  }
}

/** Symbols are numbered below 2^26. */
function keyOf(left: number, right: number): number {
  return left * 2 ** 26 + right;
}

/** The pairs by their counts; an entry whose count no longer holds is passed over, for the pair stands here again. */
class PairQueue {
  readonly #heap: { readonly pair: Pair; readonly count: number }[] = [];

  push(pair: Pair, count: number): void {
    const heap = this.#heap;
    const entry = { pair, count };
    let hole = heap.length;
    heap.push(entry);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = entry;
  }

  first(): Pair | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined || top.count === top.pair.count) return top?.pair;
      this.drop();
    }
  }

  drop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = last;
  }
}

function isBefore(
  { pair, count }: { readonly pair: Pair; readonly count: number },
  { pair: other, count: otherCount }: { readonly pair: Pair; readonly count: number },
): boolean {
  if (count !== otherCount) return count > otherCount;
  if (pair.length !== other.length) return pair.length < other.length;
  return compareCodePoints(pair.text, other.text) < 0;
}
