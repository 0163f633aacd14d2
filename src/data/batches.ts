import { internal, Random } from "../base/index.js";

/** How training rows are put together in batches. */
export interface BatchOptions {
  /** The length of each row in tokens. */
  readonly lengths: ArrayLike<number>;
  readonly batchSize: number;
  readonly seed: number;
  /** Put rows of like length together, so that little is padded. Default: true. */
  readonly bucketing?: boolean;
  /** Leave out the rows that do not fill a last batch, others in each epoch. Default: false. */
  readonly dropLast?: boolean;
  /** Rows are sorted by length among so many batches; more pads less and shuffles less. Default: 50. */
  readonly poolBatches?: number;
}

/** The place of a batch in a run; both count from 0. Training resumes at a cursor without repeating what led to it. */
export interface BatchCursor {
  readonly epoch: number;
  readonly batch: number;
}

/** The rows of one batch, by index, and its place. */
export interface PlacedBatch {
  readonly cursor: BatchCursor;
  readonly rows: Uint32Array;
}

/** How many batches an epoch has. */
export function batchCountOf({ lengths, batchSize, dropLast = false }: BatchOptions): number {
  return dropLast ? Math.floor(lengths.length / batchSize) : Math.ceil(lengths.length / batchSize);
}

/**
 * The batches of one epoch, each row in one of them. The rows are shuffled by seed and epoch; with bucketing they
 * are then sorted by length within pools of some batches, and the batches shuffled.
 */
export function epochBatches(options: BatchOptions, epoch: number): Uint32Array[] {
  const { lengths, batchSize, seed, bucketing = true, dropLast = false, poolBatches = 50 } = options;
  if (!(Number.isInteger(batchSize) && batchSize > 0)) throw internal(`batch size ${batchSize}`);
  const random = new Random(seed).fork("batches", epoch);
  let order = random.permutation(lengths.length);
  if (dropLast) order = order.subarray(0, batchCountOf(options) * batchSize);
  if (!bucketing) return cut(order, batchSize);
  for (const pool of cut(order, batchSize * poolBatches)) pool.sort((a, b) => lengths[a]! - lengths[b]!);
  return random.shuffle(cut(order, batchSize));
}

/** The batches of a run from a cursor on, through so many epochs in all. */
export function* batchesFrom(
  options: BatchOptions,
  epochCount: number,
  cursor: BatchCursor = { epoch: 0, batch: 0 },
): Generator<PlacedBatch> {
  let first = cursor.batch;
  for (let epoch = cursor.epoch; epoch < epochCount; epoch++) {
    const batches = epochBatches(options, epoch);
    for (let batch = first; batch < batches.length; batch++) {
      yield { cursor: { epoch, batch }, rows: batches[batch]! };
    }
    first = 0;
  }
}

/** Batches for evaluation: all rows, the longest first, so that what does not fit in memory shows at once. */
export function sortedBatches(lengths: ArrayLike<number>, batchSize: number): Uint32Array[] {
  const order = Uint32Array.from({ length: lengths.length }, (_, i) => i);
  return cut(
    order.sort((a, b) => lengths[b]! - lengths[a]! || a - b),
    batchSize,
  );
}

/**
 * Batches for items that go on from each other, as a running text does: the items are cut into `streamCount` streams of
 * neighbours, and a batch has the next item of each, in the same place. Four items in two streams are `[0, 2], [1, 3]`.
 */
export function streamBatches(itemCount: number, streamCount: number): Uint32Array[] {
  const streams = Math.min(streamCount, itemCount);
  const [length, longer] = [Math.floor(itemCount / streams), itemCount % streams]; // the first ones have one more
  const starts = Array.from({ length: streams }, (_, i) => i * length + Math.min(i, longer));
  const batchCount = itemCount === 0 ? 0 : length + Number(longer > 0);
  return Array.from({ length: batchCount }, (_, batch) =>
    Uint32Array.from(batch < length ? starts : starts.slice(0, longer), (start) => start + batch),
  );
}

/** Results of batches, one a row, put back into the order of the rows. */
export function restoreOrder<T>(batches: readonly Uint32Array[], results: readonly (readonly T[])[]): T[] {
  const out: T[] = [];
  batches.forEach((rows, b) => {
    if (results[b]!.length !== rows.length)
      throw internal(`${results[b]!.length} results for ${rows.length} rows`);
    rows.forEach((row, i) => {
      out[row] = results[b]![i]!;
    });
  });
  return out;
}

/** The share of token places that batches fill with padding, from 0 to 1. */
export function paddingShare(lengths: ArrayLike<number>, batches: readonly Uint32Array[]): number {
  let places = 0;
  let tokens = 0;
  for (const rows of batches) {
    let longest = 0;
    for (const row of rows) {
      longest = Math.max(longest, lengths[row]!);
      tokens += lengths[row]!;
    }
    places += longest * rows.length;
  }
  return places === 0 ? 0 : 1 - tokens / places;
}

/** Consecutive parts of an array, sharing its memory. */
function cut(order: Uint32Array, size: number): Uint32Array[] {
  const parts: Uint32Array[] = [];
  for (let start = 0; start < order.length; start += size) parts.push(order.subarray(start, start + size));
  return parts;
}
