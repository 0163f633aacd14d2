import { float32, type Tensor } from "../base/index.js";
import type { Value } from "../engine/index.js";
import { emptyMemory, type MemorySettings, remember, type StateSlot } from "../models/index.js";

// Memories of earlier segments in golden files: `mems.0` and so on, a layer each, [memory, batch, size] as Python has them.

/** The memories that a case begins with, for the slots of its graph; empty where it has none. */
export function memoryFeeds(
  state: readonly StateSlot[],
  golden: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const batchSize = golden.get("input_ids")!.shape[0]!;
  return new Map(
    state.map(({ name, input }, layer) => {
      const stored = golden.get(`mems.${layer}`);
      const size = input.shape[3] as number;
      return [name, stored === undefined ? emptyMemory(batchSize, size) : batchFirst(stored)] as const;
    }),
  );
}

/** What is computed of each slot, under names of its own. */
export function readOutputs(state: readonly StateSlot[]): Map<string, Value> {
  return new Map(state.map(({ name, output }) => [readName(name), output]));
}

/** The memories after a case, by the names of golden files, taken out of what was computed. */
export function takeMemories(
  state: readonly StateSlot[],
  feeds: ReadonlyMap<string, Tensor>,
  computed: Map<string, Tensor>,
  settings: MemorySettings,
): Map<string, Tensor> {
  return new Map(
    state.map(({ name }, layer) => {
      const read = computed.get(readName(name))!;
      computed.delete(readName(name));
      return [`mems.${layer}`, lengthFirst(remember(feeds.get(name)!, read, settings))] as const;
    }),
  );
}

const readName = (slot: string): string => `read:${slot}`;

/** `[length, batch, size]` to `[batch, 1, length, size]`. */
function batchFirst({ shape, data }: Tensor): Tensor {
  const [length, batch, size] = shape as [number, number, number];
  return float32([batch, 1, length, size], swapped(data as Float32Array, length, batch, size));
}

/** `[batch, 1, length, size]` to `[length, batch, size]`. */
function lengthFirst({ shape, data }: Tensor): Tensor {
  const [batch, , length, size] = shape as [number, number, number, number];
  return float32([length, batch, size], swapped(data as Float32Array, batch, length, size));
}

function swapped(data: Float32Array, rows: number, columns: number, size: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const from = (row * columns + column) * size;
      turned.set(data.subarray(from, from + size), (column * rows + row) * size);
    }
  return turned;
}
