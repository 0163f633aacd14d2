import { hash, sizeOf } from "../../base/index.js";
import type { KeptState } from "./kept-state.js";

/**
 * A state in bfloat16, rounded up or down at random, by how near each is. Rounded to nearest, Adam's second moment
 * would stand still: a step moves it by a thousandth, and eight bits of mantissa know no less than a 256th.
 */
export function bf16State(shape: readonly number[]): KeptState {
  const data = new Uint16Array(sizeOf(shape));
  return {
    read(start, target) {
      const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
      const count = Math.min(target.length, data.length - start);
      for (let i = 0; i < count; i++) bits[i] = data[start + i]! << 16;
      target.fill(0, count);
    },
    write(start, source, draw) {
      const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
      const count = Math.min(source.length, data.length - start);
      let drawn = 0; // two numbers use sixteen bits each
      for (let i = 0; i < count; i++) {
        drawn = i % 2 === 0 ? hash(draw, (start + i) / 2) : drawn >>> 16;
        data[start + i] = (bits[i]! + (drawn & 0xffff)) >>> 16;
      }
    },
    arrays: new Map([["", { dtype: "bfloat16", shape, data }]]),
  };
}
