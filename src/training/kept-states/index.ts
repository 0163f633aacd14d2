import { bytesPerElement, sizeOf } from "../../base/index.js";
import { bf16State } from "./bf16.js";
import { fp32State } from "./fp32.js";
import { blockSize, int8State } from "./int8.js";
import type { KeptState } from "./kept-state.js";
import type { StateFormat } from "./names.js";

export { type KeptState, pieceStep } from "./kept-state.js";
export { type StateFormat, stateFormats } from "./names.js";

/** A state of a parameter, zeroed; `signed`: whether it can be below 0. */
export function keptState(format: StateFormat, shape: readonly number[], signed: boolean): KeptState {
  return { fp32: fp32State, bf16: bf16State, int8: int8State }[format](shape, signed);
}

/** What a number of a state takes, in bytes. */
export const stateBytes: Readonly<Record<StateFormat, number>> = {
  fp32: bytesPerElement.float32,
  bf16: bytesPerElement.bfloat16,
  int8: bytesPerElement.uint8 + bytesPerElement.float32 / blockSize,
};

/** Below this many numbers, eight bits save nothing that counts. As bitsandbytes has it. */
const smallestInEightBits = 4096;

/**
 * How the states of a parameter are kept where `format` is asked for. Of eight bits small parameters are left out, and
 * tables whose rows are looked up: a row that is seldom seen shares its scale with others. Python's Trainer leaves
 * tables out too when it uses bitsandbytes.
 */
export function formatOf(format: StateFormat, shape: readonly number[], isTable: boolean): StateFormat {
  return format === "int8" && (isTable || sizeOf(shape) < smallestInEightBits) ? "fp32" : format;
}
