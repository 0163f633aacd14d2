import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { internal, sizeOf, type Tensor } from "../base/index.js";
import type { TaskItem } from "../tasks/task.js";
import type { WorkerLearner } from "../training/worker-learner.js";
import type { RunEvents } from "./events.js";
import type { Feature } from "./feature-graphs.js";
import { batchFeeds, evaluationBatches, lengthOf, type RowLayout } from "./row-layout.js";

/** What a frozen part gives for each item, kept in memory or, beyond a bound, in a file. */
export interface FeatureCache {
  /** How many bytes are kept. */
  readonly byteCount: number;
  readonly isOnDisk: boolean;
  /** The features of a batch, padded as its other inputs. */
  feedsOf(items: readonly TaskItem[]): Promise<Map<string, Tensor>>;
  close(): Promise<void>;
}

export interface FeatureCacheOptions {
  readonly batchSize: number;
  readonly layout: RowLayout;
  /** Where a file is written. */
  readonly directory: string;
  /** How many bytes are kept in memory at most. Default 1 GiB. */
  readonly memoryBound?: number;
  readonly events?: RunEvents | undefined;
}

/** Compute the features of all items by the graph prepared as `key`, and keep them. */
export async function fillFeatureCache(
  learner: Pick<WorkerLearner, "forward">,
  key: string,
  features: readonly Feature[],
  items: readonly TaskItem[],
  { batchSize, layout, directory, memoryBound = 2 ** 30, events }: FeatureCacheOptions,
): Promise<FeatureCache> {
  const places = new Map<TaskItem, { readonly start: number; readonly size: number }>();
  let total = 0;
  for (const item of items) {
    const size = features.reduce((sum, feature) => sum + sizeFor(feature, item), 0);
    places.set(item, { start: total, size });
    total += size;
  }
  const isOnDisk = 4 * total > memoryBound;
  const store = isOnDisk ? await diskStore(join(directory, "features.cache")) : memoryStore(total);
  const batches = evaluationBatches(
    items.map(({ encoding }) => encoding.ids.length),
    batchSize,
    layout,
  );
  try {
    for (const [number, rows] of batches.entries()) {
      const batch = Array.from(rows, (row) => items[row]!);
      const outputs = await learner.forward(key, batchFeeds(batch, layout));
      for (const [row, item] of batch.entries()) {
        const { start, size } = places.get(item)!;
        await store.write(start, numbersOf(features, outputs, batch, row, size));
      }
      events?.progress?.({ phase: "features", done: number + 1, total: batches.length });
    }
  } catch (error) {
    await store.close();
    throw error;
  }
  return {
    byteCount: 4 * total,
    isOnDisk,
    async feedsOf(batch) {
      const length = lengthOf(batch);
      const feeds = new Map(
        features.map((feature) => [feature.name, zerosFor(feature, batch.length, length)]),
      );
      for (const [row, item] of batch.entries()) {
        const place = places.get(item);
        if (place === undefined) throw internal("an item whose features were not computed");
        const numbers = await store.read(place.start, place.size);
        let from = 0;
        for (const feature of features) {
          const size = sizeFor(feature, item);
          const data = feeds.get(feature.name)!.data as Float32Array;
          data.set(numbers.subarray(from, from + size), row * rowSize(feature, length));
          from += size;
        }
      }
      return feeds;
    },
    close: () => store.close(),
  };
}

/** How many numbers a feature has for an item, without padding. */
function sizeFor(feature: Feature, item: TaskItem): number {
  return rowSize(feature, item.encoding.ids.length);
}

function rowSize({ ofTokens, sizes }: Feature, length: number): number {
  return (ofTokens ? length : 1) * sizeOf(sizes);
}

function zerosFor(feature: Feature, batch: number, length: number): Tensor {
  const shape = [batch, ...(feature.ofTokens ? [length] : []), ...feature.sizes];
  return { dtype: "float32", shape, data: new Float32Array(sizeOf(shape)) };
}

/** One item's numbers of all features, one feature after the other. */
function numbersOf(
  features: readonly Feature[],
  outputs: ReadonlyMap<string, Tensor>,
  batch: readonly TaskItem[],
  row: number,
  size: number,
): Float32Array {
  const numbers = new Float32Array(size);
  let to = 0;
  for (const feature of features) {
    const start = row * rowSize(feature, lengthOf(batch));
    const own = sizeFor(feature, batch[row]!);
    numbers.set((outputs.get(feature.name)!.data as Float32Array).subarray(start, start + own), to);
    to += own;
  }
  return numbers;
}

/** Numbers by their place. */
interface Store {
  write(start: number, numbers: Float32Array): Promise<void>;
  read(start: number, size: number): Promise<Float32Array>;
  close(): Promise<void>;
}

function memoryStore(total: number): Store {
  const all = new Float32Array(total);
  return {
    write: async (start, numbers) => all.set(numbers, start),
    read: async (start, size) => all.subarray(start, start + size),
    close: async () => {},
  };
}

/** A file that is gone when it is closed. */
async function diskStore(path: string): Promise<Store> {
  const file: FileHandle = await open(path, "w+");
  return {
    async write(start, numbers) {
      const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
      for (let done = 0; done < bytes.length; )
        done += (await file.write(bytes, done, bytes.length - done, 4 * start + done)).bytesWritten;
    },
    async read(start, size) {
      const bytes = new Uint8Array(4 * size);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, 4 * start + done);
        if (bytesRead === 0) throw internal(`${path} ends early`);
        done += bytesRead;
      }
      return new Float32Array(bytes.buffer);
    },
    async close() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}
