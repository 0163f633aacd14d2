import { sizeOf } from "../../base/index.js";
import { type DynamicMap, dynamicMap } from "./dynamic-map.js";
import { type KeptState, pieceStep } from "./kept-state.js";

/** Numbers that share a scale: as many as in bitsandbytes. */
export const blockSize: number = pieceStep;

const maps = new Map<boolean, DynamicMap>();

function mapOf(signed: boolean): DynamicMap {
  const known = maps.get(signed) ?? dynamicMap(signed);
  maps.set(signed, known);
  return known;
}

/**
 * A state in eight bits (Dettmers et al. 2022, https://arxiv.org/abs/2110.02861), as the 8-bit optimizers of
 * bitsandbytes keep it: each block of 256 numbers is divided by its largest, and what comes out is the nearest of 256
 * numbers that lie the closer the smaller they are.
 */
export function int8State(shape: readonly number[], signed: boolean): KeptState {
  const { values, bounds, lowest, zero } = mapOf(signed);
  const codes = new Uint8Array(sizeOf(shape)).fill(zero);
  const scales = new Float32Array(Math.ceil(codes.length / blockSize));
  const scaled = new Float32Array(blockSize);
  const bits = new Uint32Array(scaled.buffer);

  const writeBlock = (start: number, count: number, source: Float32Array, from: number): void => {
    let largest = 0;
    for (let i = 0; i < count; i++) largest = Math.max(largest, Math.abs(source[from + i]!));
    scales[start / blockSize] = largest;
    const inverse = largest === 0 ? 0 : 1 / largest;
    for (let i = 0; i < count; i++) scaled[i] = source[from + i]! * inverse;
    for (let i = 0; i < count; i++) {
      const code = lowest[bits[i]! >>> 16]!;
      codes[start + i] = scaled[i]! > bounds[code]! ? code + 1 : code;
    }
  };
  return {
    read(start, target) {
      const count = Math.min(target.length, codes.length - start);
      for (let from = 0; from < count; from += blockSize) {
        const scale = scales[(start + from) / blockSize]!;
        const end = Math.min(count, from + blockSize);
        for (let i = from; i < end; i++) target[i] = values[codes[start + i]!]! * scale;
      }
      target.fill(0, count);
    },
    write(start, source) {
      const count = Math.min(source.length, codes.length - start);
      for (let from = 0; from < count; from += blockSize)
        writeBlock(start + from, Math.min(blockSize, count - from), source, from);
    },
    arrays: new Map([
      ["", { dtype: "uint8", shape, data: codes }],
      [".scales", { dtype: "float32", shape: [scales.length], data: scales }],
    ]),
  };
}
