import { internal } from "../../base/errors.js";
import { toNumbers } from "../../base/tensor.js";
import type { Application, Source, Value } from "../graph/graph.js";
import { nameOf } from "../graph/value.js";
import { inOrder, leaves } from "../graph/walk.js";
import {
  type Code,
  compileWasm,
  instruction,
  largestMemory,
  overMemory,
  type WasmMemory,
  type WasmModule,
  type WasmType,
  wasmFunction,
  wasmMemory,
} from "./wasm-module.js";

/** Memory for flat arrays, and loops over them that read and write each element once. */
export interface FlatLoops {
  /** A zeroed array; its length must be a multiple of 4. */
  allocate(length: number): Float32Array;
  /**
   * Make one loop of a graph whose values are flat arrays `[size]` and scalars `[]`, of ops that know a SIMD
   * instruction. The names of the graph's inputs and outputs are those of the loop.
   */
  compile(outputs: ReadonlyMap<string, Value>): FlatLoop;
  /** The sum of the squares of an array's elements. */
  sumOfSquares(array: Float32Array): number;
  /** End the threads that took part. */
  close(): Promise<void>;
}

/** Part of a flat array; both ends are multiples of 4. */
export interface FlatRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Run a loop over arrays of one length, a multiple of 4, that this memory holds, or over some ranges of them; outputs may
 * be inputs.
 */
export type FlatLoop = (
  inputs: Readonly<Record<string, Float32Array>>,
  outputs: Readonly<Record<string, Float32Array>>,
  scalars: Readonly<Record<string, number>>,
  ranges?: readonly FlatRange[],
) => void;

/** Threads that run parts of loops beside the one that asks, over the same memory. */
export interface LoopThreads {
  readonly count: number;
  /** Make a compiled loop known to them; returns what it is called. */
  add(module: WasmModule): number;
  /** Have each thread run a loop as often as its part has calls, and `own` in this thread; returns when all are done. */
  run(loop: number, parts: readonly LoopCalls[], own: () => void): void;
  close(): Promise<void>;
}

/** What a loop is called with, call by call. */
export type LoopCalls = readonly (readonly number[])[];

/** So few numbers are done sooner than other threads are woken. */
const fewestToShare = 1 << 17;

/** Parts end where a cache line does. */
const lineSize = 16;

/**
 * Loops in WebAssembly with four numbers an instruction, over arrays in `byteCount` bytes of its memory; undefined
 * where so much cannot be had. A runtime that takes an op at a time reads and writes memory for each op: an optimizer
 * update of fifteen ops takes three times as long that way. With `startThreads` the memory is a shared one, and the
 * threads take their parts of long loops.
 */
export function wasmLoops(
  byteCount: number,
  startThreads?: (memory: WasmMemory) => LoopThreads,
): FlatLoops | undefined {
  if (byteCount > largestMemory) return undefined;
  let memory: WasmMemory;
  try {
    memory = wasmMemory(byteCount, { shared: startThreads !== undefined });
  } catch {
    return undefined; // this machine has no such room in one piece
  }
  const threads = startThreads?.(memory);
  let used = 0;
  const squares = wasmFunction<(start: number, end: number) => number>(sumOfSquaresLoop(), memory);
  return {
    allocate(length) {
      if (length % 4 !== 0 || used + 4 * length > memory.buffer.byteLength)
        throw internal(`no room for a flat array of ${length}`);
      const array = new Float32Array(memory.buffer, used, length);
      used += 4 * length;
      return array;
    },
    compile: (outputs) => compileLoop(outputs, memory, threads),
    sumOfSquares(array) {
      // Single precision within a block, double between blocks.
      const block = 4096;
      let total = 0;
      for (let start = 0; start < array.length; start += block) {
        const end = Math.min(array.length, start + block);
        total += squares(array.byteOffset + 4 * start, array.byteOffset + 4 * end);
      }
      return total;
    },
    close: async () => threads?.close(),
  };
}

/** Numbers of the loop's own locals, after the parameters. */
interface Layout {
  readonly arrays: readonly string[];
  readonly results: readonly string[];
  readonly scalars: readonly string[];
}

function compileLoop(
  outputs: ReadonlyMap<string, Value>,
  memory: WasmMemory,
  threads: LoopThreads | undefined,
): FlatLoop {
  const roots = [...outputs.values()];
  const fed = leaves(roots, "input");
  const layout: Layout = {
    arrays: fed.filter(({ shape }) => shape.length === 1).map(nameOf),
    results: [...outputs.keys()],
    scalars: fed.filter(({ shape }) => shape.length === 0).map(nameOf),
  };
  const pointers = [...layout.arrays, ...layout.results];
  const parameters: WasmType[] = [
    "i32",
    ...pointers.map((): WasmType => "i32"),
    ...layout.scalars.map((): WasmType => "f32"),
  ];
  const order = inOrder(roots);
  const offset = parameters.length; // bytes done
  const locals = new Map<Source, number>(order.map((source, i) => [source, offset + 1 + i]));
  const at = (pointer: number): Code => [
    ...instruction.getLocal(1 + pointer),
    ...instruction.getLocal(offset),
    ...instruction.i32Add,
  ];
  const before: number[] = [];
  const body: number[] = [];
  for (const source of order) {
    const local = locals.get(source)!;
    if (source.kind === "constant") {
      const [value] = toNumbers(source.tensor.dtype, source.tensor.data);
      before.push(
        ...instruction.f32Constant(value!),
        ...instruction.f32Splat,
        ...instruction.setLocal(local),
      );
    } else if (source.kind === "op") {
      body.push(
        ...source.inputs.flatMap((input) => instruction.getLocal(locals.get(input.source)!)),
        ...instructionOf(source),
        ...instruction.setLocal(local),
      );
    } else if (layout.arrays.includes(source.name)) {
      body.push(
        ...at(layout.arrays.indexOf(source.name)),
        ...instruction.load,
        ...instruction.setLocal(local),
      );
    } else {
      const parameter = 1 + pointers.length + layout.scalars.indexOf(source.name);
      before.push(
        ...instruction.getLocal(parameter),
        ...instruction.f32Splat,
        ...instruction.setLocal(local),
      );
    }
  }
  roots.forEach((value, i) => {
    body.push(
      ...at(layout.arrays.length + i),
      ...instruction.getLocal(locals.get(value.source)!),
      ...instruction.store,
    );
  });
  const next: Code = [
    ...instruction.getLocal(offset),
    ...instruction.i32Constant(16),
    ...instruction.i32Add,
    ...instruction.teeLocal(offset),
    ...instruction.getLocal(0),
    ...instruction.i32LessUnsigned,
  ];
  const module = compileWasm(
    {
      parameters,
      results: [],
      locals: ["i32", ...order.map((): WasmType => "v128")],
      body: [...before, ...instruction.repeatWhile(body, next)],
    },
    memory,
  );
  const run = overMemory<(...given: number[]) => void>(module, memory);
  const loop = threads?.add(module);
  return (inputs, targets, scalars, ranges) => {
    const arrays = [
      ...layout.arrays.map((name) => inputs[name]!),
      ...layout.results.map((name) => targets[name]!),
    ];
    const length = arrays[0]!.length;
    for (const array of arrays)
      if (array.buffer !== memory.buffer || array.length !== length || length % 4 !== 0)
        throw internal(
          `a flat loop over arrays of ${arrays.map((each) => each.length).join(", ")}, or not of its memory`,
        );
    const values = layout.scalars.map((name) => scalars[name]!);
    const callsOf = (part: readonly FlatRange[]): LoopCalls =>
      part.map(({ start, end }) => [
        ...[4 * (end - start), ...arrays.map(({ byteOffset }) => byteOffset + 4 * start)],
        ...values,
      ]);
    const runAll = (calls: LoopCalls): void => {
      for (const given of calls) run(...given);
    };
    const asked = (ranges ?? [{ start: 0, end: length }]).filter(({ start, end }) => end > start);
    if (threads === undefined || loop === undefined || countOf(asked) < fewestToShare)
      return runAll(callsOf(asked));
    const [own, ...others] = partsOf(asked, 1 + threads.count).map(callsOf);
    threads.run(loop, others, () => runAll(own!));
  };
}

function countOf(ranges: readonly FlatRange[]): number {
  return ranges.reduce((count, { start, end }) => count + end - start, 0);
}

/** Ranges in parts of about one size, in their order. */
function partsOf(ranges: readonly FlatRange[], partCount: number): FlatRange[][] {
  const size = Math.ceil(countOf(ranges) / partCount / lineSize) * lineSize;
  const parts = Array.from({ length: partCount }, (): FlatRange[] => []);
  let done = 0;
  for (const { start, end } of ranges)
    for (let at = start; at < end; ) {
      const part = Math.floor(done / size);
      const to = Math.min(end, at + (part + 1) * size - done);
      parts[part]!.push({ start: at, end: to });
      done += to - at;
      at = to;
    }
  return parts;
}

function instructionOf({ op: definition }: Application): Code {
  if (definition.simd === undefined)
    throw internal(`${definition.name} knows no SIMD instruction, and stands in a flat loop`);
  return instruction.simd(definition.simd);
}

/** `run(start, end)` gives the sum of squares between two addresses, in four lanes of single precision. */
function sumOfSquaresLoop(): Parameters<typeof wasmFunction>[0] {
  const [at, end, sum, value] = [0, 1, 2, 3];
  const [multiply, add] = [instruction.simd(0xe6), instruction.simd(0xe4)];
  const body: Code = [
    ...[
      ...instruction.getLocal(at),
      ...instruction.load,
      ...instruction.teeLocal(value),
      ...instruction.getLocal(value),
      ...multiply,
    ],
    ...[...instruction.getLocal(sum), ...add, ...instruction.setLocal(sum)],
  ];
  const next: Code = [
    ...instruction.getLocal(at),
    ...instruction.i32Constant(16),
    ...instruction.i32Add,
    ...instruction.teeLocal(at),
    ...instruction.getLocal(end),
    ...instruction.i32LessUnsigned,
  ];
  const lane = (number: number): Code => [...instruction.getLocal(sum), ...instruction.simd(0x1f), number]; // f32x4.extract_lane
  const f32Add = [0x92];
  return {
    parameters: ["i32", "i32"],
    results: ["f32"],
    locals: ["v128", "v128"],
    body: [
      ...instruction.repeatWhile(body, next),
      ...lane(0),
      ...lane(1),
      ...f32Add,
      ...lane(2),
      ...f32Add,
      ...lane(3),
      ...f32Add,
    ],
  };
}
