import { hash, sizeOf } from "../base/index.js";
import type { Arena, ArenaLayout } from "./arena.js";
import { alignedSize } from "./arena.js";
import type { FlatKernel, RangeKernel } from "./flat-kernel.js";
import type { SparseRows } from "./sparse-rows.js";
import type { UpdateArrays, UpdateRun } from "./update-arrays.js";

// Updates that treat all numbers alike, over the flat array of each group.

/** The update where states lie in flat arrays as parameters do, over `pieceSize` numbers at a time. */
export function overArenas(
  { sizes }: ArenaLayout,
  arenas: ReadonlyMap<string, Arena>,
  kernel: FlatKernel,
  pieceSize: number,
): UpdateRun {
  return async (scalars, clip) => {
    for (const [group, size] of sizes.entries())
      for (let start = 0; start < size; start += pieceSize) {
        const end = Math.min(size, start + pieceSize);
        const pieces = [...arenas].map(([name, arena]) => [name, arena.groups[group]!.subarray(start, end)]);
        await kernel(Object.fromEntries(pieces), { ...scalars[group], clip });
      }
  };
}

/** What an update of ranges consists of: all numbers, and those that only decay, by a scalar. */
export interface RangeKernels {
  readonly whole: RangeKernel;
  readonly idle: RangeKernel;
  readonly idleFactor: string;
}

/** The same, where rows of tables that have neither gradient nor states only decay. */
export function overActiveRows(
  { sizes }: ArenaLayout,
  arenas: ReadonlyMap<string, Arena>,
  { whole, idle, idleFactor }: RangeKernels,
  rows: SparseRows,
): UpdateRun {
  return async (scalars, clip) => {
    for (const group of sizes.keys()) {
      const arrays = Object.fromEntries([...arenas].map(([name, arena]) => [name, arena.groups[group]!]));
      const ranges = rows.updateRanges(group);
      whole(arrays, { ...scalars[group], clip }, ranges.active);
      const factor = scalars[group]![idleFactor]!;
      if (factor !== 1) idle({ parameter: arrays["parameter"]! }, { [idleFactor]: factor }, ranges.idle);
    }
  };
}

/**
 * The update where states are kept in fewer bits: parameter by parameter and piece by piece, they are read into
 * `scratch`, moved there, and written back.
 */
export function overKeptStates(
  { slots, offsets }: ArenaLayout,
  { parameters, gradients, states }: UpdateArrays,
  scratch: ReadonlyMap<string, Float32Array>,
  kernel: FlatKernel,
): UpdateRun {
  const pieceSize = Math.min(...[...scratch.values()].map(({ length }) => length));
  return async (scalars, clip, draw) => {
    for (const [i, { shape, group }] of slots.entries()) {
      const size = alignedSize(sizeOf(shape));
      for (let start = 0; start < size; start += pieceSize) {
        const length = Math.min(pieceSize, size - start);
        const at = offsets[i]! + start;
        const read = [...states].map(([name, kept]): [string, Float32Array] => {
          const piece = scratch.get(name)!.subarray(0, length);
          kept[i]!.read(start, piece);
          return [name, piece];
        });
        const pieces = {
          parameter: parameters.groups[group]!.subarray(at, at + length),
          gradient: gradients.groups[group]!.subarray(at, at + length),
          ...Object.fromEntries(read.map(([name, piece]) => [`state:${name}`, piece])),
        };
        await kernel(pieces, { ...scalars[group], clip });
        read.forEach(([name, piece], k) => {
          states.get(name)![i]!.write(start, piece, hash(hash(draw, i), k));
        });
      }
    }
  };
}
