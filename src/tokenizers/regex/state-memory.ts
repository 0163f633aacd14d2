import { TsugikiError } from "../../base/index.js";
import type { Program } from "./program.js";

/** More bits than this (128 MiB) are not spent on one text. */
const bitLimit = 2 ** 30;

/** Which states of a matcher have been tried at which position of a text, and so need not be tried again. */
export class StateMemory {
  readonly #choiceCount: number;
  readonly #stride: number;
  readonly #tried: Uint32Array;
  /** What bodies that are tried for themselves gave, by instruction and position. */
  readonly #results: Map<number, number> = new Map();
  /** The bits set since the outermost body that is being tried. */
  readonly #marks: number[] = [];
  #depth = 0;

  constructor(program: Program, length: number) {
    this.#choiceCount = program.choiceCount;
    this.#stride = length + 1;
    const bits = this.#choiceCount * this.#stride;
    if (bits > bitLimit) {
      throw new TsugikiError(
        `the regular expression ${JSON.stringify(program.pattern)} takes too much memory on a text of ${length} characters`,
        { hint: "Encode shorter texts, or use a tokenizer with a plainer pattern." },
      );
    }
    this.#tried = new Uint32Array((bits >>> 5) + 1);
  }

  /** Whether a state comes to a position for the first time. */
  visit(choice: number, at: number): boolean {
    const bit = choice * this.#stride + at;
    const mask = 1 << (bit & 31);
    if ((this.#tried[bit >>> 5]! & mask) !== 0) return false;
    this.#tried[bit >>> 5]! |= mask;
    if (this.#depth > 0) this.#marks.push(bit);
    return true;
  }

  /** Let every state be tried again at a position. */
  forget(at: number): void {
    for (let choice = 0; choice < this.#choiceCount; choice++) this.#clear(choice * this.#stride + at);
  }

  /** What a body gives at a position: known already, or found by `run`. */
  remember(pc: number, at: number, run: () => number): number {
    const key = pc * this.#stride + at;
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const from = this.#marks.length;
    this.#depth++;
    const end = run();
    this.#depth--;
    // states on the way to a match have not failed: let them be tried again from elsewhere
    if (end >= 0) for (const bit of this.#marks.splice(from)) this.#clear(bit);
    if (this.#depth === 0) this.#marks.length = 0;
    this.#results.set(key, end);
    return end;
  }

  #clear(bit: number): void {
    this.#tried[bit >>> 5]! &= ~(1 << (bit & 31));
  }
}
