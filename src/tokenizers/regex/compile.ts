import type { CodePointSet } from "./code-point-set.js";
import { PatternReader } from "./pattern-reader.js";
import { lookBits, opcodes, type Program } from "./program.js";
import { wordCharacters } from "./properties.js";
import { isNullable, type Node, type Place, widthOf } from "./syntax.js";

/** Repeats of repeats grow; published patterns have fewer than a hundred instructions. */
const instructionLimit = 5000;

/** The places in the order of the numbers that stand for them in a program. */
export const places: readonly Place[] = [
  "line-start",
  "line-end",
  "text-start",
  "text-end",
  "last-line-end",
  "word-boundary",
  "no-word-boundary",
];

/** Turn a pattern's tree into a program for the matcher. */
export function compileProgram(node: Node, pattern: string, place: string): Program {
  const compiler = new Compiler(new PatternReader(pattern, place));
  compiler.emitNode(node);
  return compiler.finish(pattern);
}

class Compiler {
  readonly #reader: PatternReader;
  readonly #op: number[] = [];
  readonly #a: number[] = [];
  readonly #b: number[] = [];
  readonly #c: number[] = [];
  readonly #sets: CodePointSet[] = [];
  readonly #setIds: Map<string, number> = new Map();
  #needsMemory = false;
  #wordSet = -1;
  #newlineSet = -1;

  constructor(reader: PatternReader) {
    this.#reader = reader;
  }

  finish(pattern: string): Program {
    this.#emit(opcodes.done);
    let choiceCount = 0;
    const choice = this.#op.map((op) => (op === opcodes.split || op === opcodes.run ? choiceCount++ : -1));
    return {
      pattern,
      op: Uint8Array.from(this.#op),
      a: Int32Array.from(this.#a),
      b: Int32Array.from(this.#b),
      c: Int32Array.from(this.#c),
      sets: this.#sets,
      choice: Int32Array.from(choice),
      choiceCount,
      needsMemory: this.#needsMemory,
      wordSet: this.#wordSet,
      newlineSet: this.#newlineSet,
    };
  }

  emitNode(node: Node): void {
    switch (node.kind) {
      case "set":
        this.#emit(opcodes.set, this.#setId(node.set));
        break;
      case "sequence":
        for (const part of node.parts) this.emitNode(part);
        break;
      case "choice":
        this.#emitChoice(node.branches);
        break;
      case "repeat":
        this.#emitRepeat(node);
        break;
      case "atomic":
        this.#emitAtomic(node.body);
        break;
      case "look":
        this.#emitLook(node);
        break;
      case "place":
        if (node.place.endsWith("word-boundary")) this.#wordSet = this.#setId(wordCharacters());
        else this.#newlineSet = this.#setId([0x0a, 0x0a]);
        this.#emit(opcodes.place, places.indexOf(node.place));
    }
  }

  #emitChoice(branches: readonly Node[]): void {
    const jumps: number[] = [];
    branches.forEach((branch, i) => {
      const isLast = i === branches.length - 1;
      const split = isLast ? -1 : this.#emit(opcodes.split);
      if (!isLast) this.#a[split] = this.#op.length;
      this.emitNode(branch);
      if (isLast) return;
      jumps.push(this.#emit(opcodes.jump));
      this.#b[split] = this.#op.length;
    });
    for (const jump of jumps) this.#a[jump] = this.#op.length;
  }

  #emitRepeat(node: Node & { kind: "repeat" }): void {
    const { body, least, most, greedy } = node;
    for (let i = 0; i < least; i++) this.emitNode(body);
    if (most === Number.POSITIVE_INFINITY) {
      if (body.kind === "set" && greedy) {
        this.#emit(opcodes.run, this.#setId(body.set));
        return;
      }
      if (isNullable(body)) this.#needsMemory = true;
      const split = this.#emit(opcodes.split);
      this.emitNode(body);
      this.#emit(opcodes.jump, split);
      this.#setBranches(split, greedy, this.#op.length);
      return;
    }
    const splits: number[] = [];
    for (let i = least; i < most; i++) {
      splits.push(this.#emit(opcodes.split));
      this.emitNode(body);
    }
    for (const split of splits) this.#setBranches(split, greedy, this.#op.length);
  }

  /** The body of a repeat stands behind its split; what comes first depends on greed. */
  #setBranches(split: number, greedy: boolean, after: number): void {
    this.#a[split] = greedy ? split + 1 : after;
    this.#b[split] = greedy ? after : split + 1;
  }

  #emitAtomic(body: Node): void {
    if (body.kind === "repeat" && body.body.kind === "set" && body.most === Number.POSITIVE_INFINITY) {
      for (let i = 0; i < body.least; i++) this.emitNode(body.body);
      this.#emit(opcodes.run, this.#setId(body.body.set), 1);
      return;
    }
    const atomic = this.#emit(opcodes.atomic);
    this.emitNode(body);
    this.#emit(opcodes.done);
    this.#a[atomic] = this.#op.length;
  }

  #emitLook(node: Node & { kind: "look" }): void {
    const { body, ahead, negative } = node;
    if (body.kind === "set") {
      this.#emit(opcodes.lookSet, this.#setId(body.set), ahead ? 0 : 1, negative ? 1 : 0);
      return;
    }
    const width = ahead ? 0 : widthOf(body);
    if (width === undefined) throw this.#reader.error("a look behind over a varying number of characters");
    const bits = (negative ? lookBits.negative : 0) | (ahead ? 0 : lookBits.behind);
    const look = this.#emit(opcodes.look, 0, bits, width);
    this.emitNode(body);
    this.#emit(opcodes.done);
    this.#a[look] = this.#op.length;
  }

  #emit(op: number, a = 0, b = 0, c = 0): number {
    if (this.#op.length >= instructionLimit) {
      throw this.#reader.error(`more than ${instructionLimit} steps when its repeats are written out`);
    }
    this.#a.push(a);
    this.#b.push(b);
    this.#c.push(c);
    return this.#op.push(op) - 1;
  }

  #setId(set: CodePointSet): number {
    const key = set.join(" ");
    const known = this.#setIds.get(key);
    if (known !== undefined) return known;
    this.#setIds.set(key, this.#sets.length);
    return this.#sets.push(set) - 1;
  }
}
