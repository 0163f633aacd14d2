import { hashOfPair } from "./word-piece-pairs.js";

const greatest = 2 ** 32 - 1;

/**
 * How often pairs occur at most, in little memory: each pair counts in the bucket of its hash, with others.
 *
 * G. Cormode, S. Muthukrishnan: An improved data stream summary: the count-min sketch and its applications
 * (J. Algorithms, 2005), of one row.
 */
export class PairSketch {
  readonly #buckets: Uint32Array;

  /** The number of buckets is a power of two. */
  constructor(bucketCount: number) {
    this.#buckets = new Uint32Array(bucketCount);
  }

  clear(): void {
    this.#buckets.fill(0);
  }

  add(left: number, right: number, count: number): void {
    const bucket = hashOfPair(left, right) & (this.#buckets.length - 1);
    this.#buckets[bucket] = Math.min(greatest, this.#buckets[bucket]! + count);
  }

  /** Whether a pair may occur as often as that. */
  mayReach(left: number, right: number, count: number): boolean {
    return this.#buckets[hashOfPair(left, right) & (this.#buckets.length - 1)]! >= Math.min(greatest, count);
  }

  /** About the smallest count that no more than `limit` buckets reach; if there is none, about the greatest of all. */
  countReachedBy(limit: number): number {
    const sizes = new Float64Array(classOf(greatest) + 1);
    for (const count of this.#buckets) sizes[classOf(count)]!++;
    let countClass = sizes.findLastIndex((size) => size > 0);
    for (let reached = sizes[countClass]!; countClass > 1; countClass--) {
      reached += sizes[countClass - 1]!;
      if (reached > limit) break;
    }
    return Math.max(1, leastOf(countClass));
  }
}

/** Counts in classes: each below 64 is one of its own, above 32 make one from each power of two to the next. */
function classOf(count: number): number {
  if (count < 64) return count;
  const shift = 26 - Math.clz32(count); // that leaves six bits
  return 32 * shift + (count >>> shift);
}

/** The least count of a class. */
function leastOf(countClass: number): number {
  if (countClass < 64) return countClass;
  const shift = Math.floor(countClass / 32) - 1;
  return (countClass - 32 * shift) * 2 ** shift;
}
