import { type ArrayOf, allocate, type DType } from "../base/dtype.js";
import { sizeOf, type Tensor } from "../base/tensor.js";
import type { SlotPlan } from "./decoder-graphs.js";

/** Places of a cache are made so many at a time. */
const blockSize = 64;

/** An array with a row for each text; only the first rows may be in use. */
export class RowArray<D extends DType = DType> {
  readonly dtype: D;
  /** What a row looks like. */
  readonly shape: readonly number[];
  readonly data: ArrayOf[D];
  readonly #rowSize: number;
  #view: Tensor<D> | undefined;

  constructor(dtype: D, shape: readonly number[], rowCount: number) {
    this.dtype = dtype;
    this.shape = shape;
    this.#rowSize = sizeOf(shape);
    this.data = allocate(dtype, rowCount * this.#rowSize);
  }

  /** The first rows as a tensor; the same one as long as their count is the same. */
  view(rowCount: number): Tensor<D> {
    if (this.#view?.shape[0] !== rowCount)
      this.#view = {
        dtype: this.dtype,
        shape: [rowCount, ...this.shape],
        data: this.data.subarray(0, rowCount * this.#rowSize) as ArrayOf[D],
      };
    return this.#view;
  }

  copyRow(from: number, to: number): void {
    const size = this.#rowSize;
    this.data.copyWithin(to * size, from * size, (from + 1) * size);
  }
}

/** Keys or values of everything so far: `[rows, heads, capacity, size]`, of which the first places are filled. */
export class CacheArray {
  readonly #rowCount: number;
  readonly #heads: number;
  readonly #size: number;
  #array: RowArray<"float32">;

  constructor({ shape: [heads, size] }: SlotPlan, rowCount: number, capacity: number) {
    this.#rowCount = rowCount;
    this.#heads = heads!;
    this.#size = size!;
    this.#array = new RowArray("float32", [heads!, capacity, size!], rowCount);
  }

  view(rowCount: number): Tensor<"float32"> {
    return this.#array.view(rowCount);
  }

  get #capacity(): number {
    return this.#array.shape[1]!;
  }

  /** Write what came out of a step, `[rows, heads, new, size]`, behind the places that are filled. */
  append(fresh: Tensor<"float32">, filled: number): void {
    const [rowCount, heads, count, size] = fresh.shape as [number, number, number, number];
    const length = count * size;
    const data = this.#array.data;
    for (let block = 0; block < rowCount * heads; block++) {
      const from = block * length;
      const to = (block * this.#capacity + filled) * size;
      for (let i = 0; i < length; i++) data[to + i] = fresh.data[from + i]!;
    }
  }

  /** Have more places; those filled keep what they hold. */
  grow(capacity: number, filled: number): void {
    const [before, after] = [
      this.#array,
      new RowArray("float32", [this.#heads, capacity, this.#size], this.#rowCount),
    ];
    const stride = before.shape[1]! * this.#size;
    for (let block = 0; block < this.#rowCount * this.#heads; block++)
      after.data.set(
        before.data.subarray(block * stride, block * stride + filled * this.#size),
        block * capacity * this.#size,
      );
    this.#array = after;
  }

  /** Copy the filled places of a row. */
  copyRow(from: number, to: number, filled: number): void {
    const stride = this.#capacity * this.#size;
    for (let head = 0; head < this.#heads; head++) {
      const start = (from * this.#heads + head) * stride;
      this.#array.data.copyWithin((to * this.#heads + head) * stride, start, start + filled * this.#size);
    }
  }
}

/** How many places hold `count` tokens: whole blocks. */
export function capacityFor(count: number): number {
  return Math.ceil(count / blockSize) * blockSize;
}
