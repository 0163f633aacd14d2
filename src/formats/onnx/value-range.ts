/** Where the numbers of a value lie. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** The step of a range that is written as integers from 0 to 255, and the integer that stands for zero. */
export function scaleOfRange({ low, high }: ValueRange): { readonly scale: number; readonly zero: number } {
  const [from, to] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.fround((to - from) / 255) || 1;
  return { scale, zero: Math.round((0 - from) / scale) };
}

const binCount = 2048;
const candidateCount = 128;

/** How many numbers lie where, between the least and the greatest. */
export class ValueHistogram {
  readonly #range: ValueRange;
  readonly #counts = new Float64Array(binCount);

  constructor(range: ValueRange) {
    this.#range = range;
  }

  add(numbers: Float32Array): void {
    const { low, high } = this.#range;
    const perNumber = binCount / (high - low || 1);
    for (const number of numbers)
      this.#counts[Math.min(binCount - 1, Math.floor((number - low) * perNumber))]!++;
  }

  /**
   * The part of the range at whose ends numbers are cut off so that what is written in 8 bits is nearest to the numbers,
   * by the mean of squares: a few that lie far away would else make the steps of all others coarse.
   */
  nearestRange(): ValueRange {
    const { low, high } = this.#range;
    let [from, to] = [Math.min(low, 0), Math.max(high, 0)];
    const shrunk = (end: number): number[] =>
      Array.from({ length: candidateCount }, (_, i) => (end * (candidateCount - i)) / candidateCount);
    const best = (ranges: readonly ValueRange[]): ValueRange =>
      ranges.reduce((a, b) => (this.#squaredError(b) < this.#squaredError(a) ? b : a));
    to = best(shrunk(to).map((end) => ({ low: from, high: end }))).high;
    from = best(shrunk(from).map((end) => ({ low: end, high: to }))).low;
    return { low: from, high: to };
  }

  #squaredError(range: ValueRange): number {
    const width = (this.#range.high - this.#range.low) / binCount;
    const step = (range.high - range.low) / 255;
    let error = 0;
    for (let bin = 0; bin < binCount; bin++) {
      const count = this.#counts[bin]!;
      if (count === 0) continue;
      const middle = this.#range.low + (bin + 0.5) * width;
      const beyond = Math.max(range.low - middle, middle - range.high, 0);
      error += count * (beyond === 0 ? step ** 2 / 12 : beyond ** 2);
    }
    return error;
  }
}
