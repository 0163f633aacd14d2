import { sizeOf } from "../../base/index.js";
import type { KeptState } from "./kept-state.js";

/** A state in single precision. */
export function fp32State(shape: readonly number[]): KeptState {
  const data = new Float32Array(sizeOf(shape));
  return {
    read(start, target) {
      const piece = data.subarray(start, start + target.length);
      target.set(piece);
      target.fill(0, piece.length);
    },
    write(start, source) {
      data.set(source.subarray(0, data.length - start), start);
    },
    arrays: new Map([["", { dtype: "float32", shape, data }]]),
  };
}
