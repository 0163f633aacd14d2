// Writes the bytes of a small WebAssembly module: one memory from outside, one exported function.
// https://webassembly.github.io/spec/core/binary/

/** The bytes of instructions. */
export type Code = readonly number[];

/** Types of parameters, results and locals. */
export const types = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
export type WasmType = keyof typeof types;

export interface WasmFunction {
  readonly parameters: readonly WasmType[];
  readonly results: readonly WasmType[];
  /** Beside the parameters, whose numbers come first. */
  readonly locals: readonly WasmType[];
  readonly body: Code;
}

/** The bytes of a module that imports its memory as `environment.memory` and exports `run`. */
function moduleBytes(
  { parameters, results, locals, body }: WasmFunction,
  isShared: boolean,
): Uint8Array<ArrayBuffer> {
  // at least 0 pages; what is shared must say how many at most
  const limits = isShared
    ? [0x03, ...unsigned(0), ...unsigned(largestMemory / pageSize)]
    : [0x00, ...unsigned(0)];
  const typeBytes = [
    0x60,
    ...vector(parameters.map((type) => [types[type]])),
    ...vector(results.map((type) => [types[type]])),
  ];
  const functionBody = [...vector(locals.map((type) => [1, types[type]])), ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([typeBytes])),
    ...section(2, vector([[...text("environment"), ...text("memory"), 0x02, ...limits]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...text("run"), 0x00, 0]])),
    ...section(10, vector([[...unsigned(functionBody.length), ...functionBody]])),
  ]);
}

/** What WebAssembly can address, in bytes. */
export const largestMemory: number = 2 ** 32;

const pageSize = 65536;

/** Memory that functions read and write. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

/** A function that was compiled and has no memory yet; it can be sent to other threads. */
export type WasmModule = object;

/** What of WebAssembly is used here; the types of Node leave it out. */
interface WebAssemblyInterface {
  readonly Memory: new (pages: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly;

/** Memory of so many bytes, rounded up to pages; throws where it cannot be had. `shared`: with other threads. */
export function wasmMemory(
  byteCount: number,
  { shared = false }: { readonly shared?: boolean } = {},
): WasmMemory {
  const pages = Math.ceil(byteCount / pageSize);
  return new webAssembly.Memory({ initial: pages, maximum: pages, shared });
}

/** Compile a function for memories of the kind of this one. */
export function compileWasm(description: WasmFunction, { buffer }: WasmMemory): WasmModule {
  return new webAssembly.Module(moduleBytes(description, !(buffer instanceof ArrayBuffer)));
}

/** The function that was compiled, over a memory. */
export function overMemory<Call extends (...given: number[]) => unknown>(
  module: WasmModule,
  memory: WasmMemory,
): Call {
  return new webAssembly.Instance(module, { environment: { memory } }).exports["run"] as Call;
}

/** Compile a function over a memory. */
export function wasmFunction<Call extends (...given: number[]) => unknown>(
  description: WasmFunction,
  memory: WasmMemory,
): Call {
  return overMemory(compileWasm(description, memory), memory);
}

/** Instructions by name; those of one operand that is a number take it. */
export const instruction = {
  getLocal: (index: number): Code => [0x20, ...unsigned(index)],
  setLocal: (index: number): Code => [0x21, ...unsigned(index)],
  teeLocal: (index: number): Code => [0x22, ...unsigned(index)],
  i32Constant: (value: number): Code => [0x41, ...signed(value)],
  f32Constant: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  v128Constant: (lanes: Int32Array): Code => [0xfd, 0x0c, ...new Uint8Array(lanes.buffer)],
  i32Add: [0x6a],
  i32LessUnsigned: [0x49],
  /** Repeats while `condition`, which comes last in the body, is not 0. */
  repeatWhile: (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0x00, 0x0b],
  load: [0xfd, 0x00, 0x04, 0x00],
  store: [0xfd, 0x0b, 0x04, 0x00],
  /** A SIMD instruction by its number in the specification's table. */
  simd: (number: number): Code => [0xfd, ...unsigned(number)],
  f32Splat: [0xfd, 0x13],
  i32Splat: [0xfd, 0x11],
} as const;

function section(id: number, content: Code): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): number[] {
  return vector([...new TextEncoder().encode(name)].map((byte) => [byte]));
}

/** LEB128 of a number from 0 to 2^32 - 1. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** LEB128 of a signed 32-bit number. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(done ? byte : byte | 0x80);
    if (done) return bytes;
  }
}
