import type { Tensor } from "../../base/index.js";

/**
 * One state of one parameter, as it is kept between two updates. An update reads a piece, moves it in single precision
 * and writes it back; pieces begin at multiples of `pieceStep`.
 */
export interface KeptState {
  /** Read the numbers from `start` on into `target`; what lies behind the end is 0. */
  read(start: number, target: Float32Array): void;
  /** Keep numbers from `start` on; what lies behind the end is left out. `draw` decides where rounding is random. */
  write(start: number, source: Float32Array, draw: number): void;
  /** The arrays themselves, as checkpoints hold them, by what follows the state's name: nothing, or `.scales`. */
  readonly arrays: ReadonlyMap<string, Tensor>;
}

/** The numbers of a piece are a multiple of this, but for the last of a parameter. */
export const pieceStep = 256;
