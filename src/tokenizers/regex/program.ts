import type { CodePointSet } from "./code-point-set.js";

/** What an instruction does with its operands a and b. */
export const opcodes = {
  /** Take a character of set a. */
  set: 0,
  /** Take as many characters of set a as there are; give back one after the other unless b is 1. */
  run: 1,
  /** Go on at a; if that fails, at b. */
  split: 2,
  jump: 3,
  /** The end of the pattern, or of a body that was tried for itself. */
  done: 4,
  /** Match the body that begins behind this instruction for itself, and go on at a from where it ended. */
  atomic: 5,
  /** Match the body for itself, and go on at a from here; b: see `lookBits`; c: how far to step back. */
  look: 6,
  /** Whether the next character, or with b the one before, is of set a; c is 1 for: is not. */
  lookSet: 7,
  /** Go on if this is the place a. */
  place: 8,
} as const;

/** The bits of a look's operand b. */
export const lookBits = { negative: 1, behind: 2 } as const;

/** A compiled pattern. */
export interface Program {
  readonly pattern: string;
  readonly op: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly sets: readonly CodePointSet[];
  /** A number for each instruction that can be come back to, else -1. */
  readonly choice: Int32Array;
  readonly choiceCount: number;
  /** A loop may go round without taking a character: each state may then be tried once only. */
  readonly needsMemory: boolean;
  /** The sets of what `\b` and line ends look at; -1 where the pattern has none. */
  readonly wordSet: number;
  readonly newlineSet: number;
}
