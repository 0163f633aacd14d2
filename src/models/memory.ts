import { float32, sizeOf, type Tensor, toNumbers } from "../base/tensor.js";
import type { MemorySettings } from "./model.js";

/** A memory of nothing, of a state slot's batch and size: `[batch, 1, 0, size]`. */
export function emptyMemory(batchSize: number, size: number): Tensor<"float32"> {
  return float32([batchSize, 1, 0, size], []);
}

/**
 * What a layer remembers after a segment: of what it remembered and what it read, `[batch, 1, length, size]` both, the
 * last so many. With a length of 3 and 2 reused, `[a, b]` and `[c, d, e]` give `[b, c, d]`.
 */
export function remember(before: Tensor, read: Tensor, settings: MemorySettings): Tensor<"float32"> {
  const [batchSize, , oldLength, size] = before.shape as [number, number, number, number];
  const readLength = read.shape[2]!;
  const reused = Math.min(readLength, settings.reusedLength ?? Infinity);
  const length = Math.min(oldLength + reused, settings.length ?? Infinity);
  const kept = oldLength + reused - length; // the first that stays
  const [old, fresh] = [before, read].map(({ dtype, data }) => toNumbers(dtype, data)) as [
    Float64Array,
    Float64Array,
  ];
  const shape = [batchSize, 1, length, size];
  const data = new Float32Array(sizeOf(shape));
  for (let row = 0; row < batchSize; row++)
    for (let i = 0; i < length; i++) {
      const place = kept + i;
      const from =
        place < oldLength
          ? old.subarray((row * oldLength + place) * size)
          : fresh.subarray((row * readLength + place - oldLength) * size);
      data.set(from.subarray(0, size), (row * length + i) * size);
    }
  return float32(shape, data);
}
