import { hash } from "../base/random.js";
import { type Code, instruction, type WasmMemory, wasmFunction, wasmMemory } from "../engine/index.js";

// Element `index` of a dropout mask is 1 with probability 1 - rate. The draw is a hash of (seed, step, site, index):
// sixteen bits of it against a threshold, two elements a hash. So a mask can be made anywhere, and made again.

/** The lowbias32 finaliser of Chris Wellons, https://nullprogram.com/blog/2018/07/31/. */
const [shift1, factor1, shift2, factor2, shift3] = [16, 0x21f0aaad, 15, 0x735a2d97, 15];
const step32 = 0x9e3779b1; // from one hash to the next

/** Fill a mask, one element after the other: what `DropoutMasks` does sixteen at a time. */
export function drawDropoutMask(
  mask: Uint8Array,
  rate: number,
  seed: number,
  step: number,
  site: number,
): void {
  const key = keyOf(seed, step, site);
  const threshold = thresholdOf(rate);
  for (let i = 0; i < mask.length; i++) {
    const bits = mixBits(key + Math.imul(i >> 1, step32));
    const half = i & 1 ? bits >>> 16 : bits & 0xffff;
    mask[i] = half >= threshold ? 1 : 0;
  }
}

type FillLoop = (start: number, end: number, key: number, threshold: number) => void;

/** Draws the masks of a step into memory that is kept from step to step. */
export class DropoutMasks {
  #memory: WasmMemory | undefined;
  #fill: FillLoop | undefined;

  /** A mask for each request; they hold until the next call. */
  draw(
    requests: readonly { size: number; rate: number; site: number }[],
    seed: number,
    step: number,
  ): Uint8Array[] {
    const starts: number[] = [];
    let total = 0;
    for (const { size } of requests) {
      starts.push(total);
      total += Math.ceil(size / 16) * 16;
    }
    const fill = this.#prepare(total);
    return requests.map(({ size, rate, site }, i) => {
      const [start, end] = [starts[i]!, starts[i]! + Math.ceil(size / 16) * 16];
      if (size > 0) fill(start, end, keyOf(seed, step, site) | 0, thresholdOf(rate));
      return new Uint8Array(this.#memory!.buffer, start, size);
    });
  }

  #prepare(byteCount: number): FillLoop {
    if (
      this.#memory === undefined ||
      this.#fill === undefined ||
      this.#memory.buffer.byteLength < byteCount
    ) {
      this.#memory = wasmMemory(byteCount);
      this.#fill = wasmFunction(fillLoop(), this.#memory);
    }
    return this.#fill;
  }
}

function keyOf(seed: number, step: number, site: number): number {
  return hash(hash(hash(seed, 0x64726f70), step), site);
}

function thresholdOf(rate: number): number {
  return Math.min(0xffff, Math.round(rate * 0x10000));
}

function mixBits(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> shift1), factor1);
  x = Math.imul(x ^ (x >>> shift2), factor2);
  return x ^ (x >>> shift3);
}

/** `run(start, end, key, threshold)`: two vectors of four hashes make sixteen bytes. */
function fillLoop(): Parameters<typeof wasmFunction>[0] {
  const [at, end, key, threshold, counter, halves, ones, first, bits] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const simd = {
    shiftRight: 0xad,
    multiply: 0xb5,
    add: 0xae,
    xor: 0x51,
    and: 0x4e,
    atLeast: 0x36,
    narrow: 0x65,
    splat16: 0x10,
  };
  const splat = (value: number): Code => [...instruction.i32Constant(value), ...instruction.i32Splat];
  const xorShift = (shift: number): Code => [
    ...[
      ...instruction.getLocal(bits),
      ...instruction.getLocal(bits),
      ...instruction.i32Constant(shift),
      ...instruction.simd(simd.shiftRight),
    ],
    ...[...instruction.simd(simd.xor)],
  ];
  const scramble = (shift: number, factor: number): Code => [
    ...[
      ...xorShift(shift),
      ...splat(factor),
      ...instruction.simd(simd.multiply),
      ...instruction.setLocal(bits),
    ],
  ];
  /** Four hashes compared as eight halves; moves the counter on. */
  const compare: Code = [
    ...[...instruction.getLocal(counter), ...instruction.setLocal(bits)],
    ...[
      ...instruction.getLocal(counter),
      ...splat(Math.imul(4, step32)),
      ...instruction.simd(simd.add),
      ...instruction.setLocal(counter),
    ],
    ...[...scramble(shift1, factor1), ...scramble(shift2, factor2), ...xorShift(shift3)],
    ...[...instruction.getLocal(halves), ...instruction.simd(simd.atLeast)],
  ];
  const lanes = Int32Array.from([0, 1, 2, 3], (lane) => Math.imul(lane, step32));
  const before: Code = [
    ...[
      ...instruction.getLocal(key),
      ...instruction.i32Splat,
      ...instruction.v128Constant(lanes),
      ...instruction.simd(simd.add),
      ...instruction.setLocal(counter),
    ],
    ...[
      ...instruction.getLocal(threshold),
      ...instruction.simd(simd.splat16),
      ...instruction.setLocal(halves),
    ],
    ...[...splat(0x01010101), ...instruction.setLocal(ones)],
  ];
  const body: Code = [
    ...[...compare, ...instruction.setLocal(first)],
    ...[
      ...instruction.getLocal(at),
      ...instruction.getLocal(first),
      ...compare,
      ...instruction.simd(simd.narrow),
    ],
    ...[...instruction.getLocal(ones), ...instruction.simd(simd.and), ...instruction.store],
  ];
  const next: Code = [
    ...[
      ...instruction.getLocal(at),
      ...instruction.i32Constant(16),
      ...instruction.i32Add,
      ...instruction.teeLocal(at),
    ],
    ...[...instruction.getLocal(end), ...instruction.i32LessUnsigned],
  ];
  return {
    parameters: ["i32", "i32", "i32", "i32"],
    results: [],
    locals: ["v128", "v128", "v128", "v128", "v128"],
    body: [...before, ...instruction.repeatWhile(body, next)],
  };
}
