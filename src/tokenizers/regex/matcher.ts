import { TsugikiError } from "../../base/index.js";
import { type CharacterClasses, characterClasses } from "./character-classes.js";
import { places } from "./compile.js";
import { firstCharacters } from "./first-characters.js";
import { lookBits, opcodes, type Program } from "./program.js";
import { StateMemory } from "./state-memory.js";

/** What a run answers where there is no match, and where it gave up to begin again with a memory. */
const noMatch = -1;
const overrun = -2;

/**
 * Runs a program over a text by backtracking. Most texts need few steps back; where one needs many, the
 * matcher begins to remember which states have failed at which position, and no state is then tried twice:
 * the time is bounded by the length of the text times that of the program.
 */
export class Matcher {
  readonly #program: Program;
  readonly #classes: CharacterClasses;
  readonly #first: Uint8Array;
  #text = new Uint16Array(256);
  #length = 0;
  /** What is left to try, in threes: instruction, position, and for runs the least position, else -1. */
  #stack = new Int32Array(192);
  #top = 0;
  #steps = 0;
  #stepLimit = 0;
  #memory: StateMemory | undefined;

  constructor(program: Program) {
    this.#program = program;
    this.#classes = characterClasses(program.sets);
    this.#first = firstCharacters(program, this.#classes);
  }

  findAll(text: string, start: number, end: number): number[] {
    const found: number[] = [];
    if (start === end) return found;
    this.#begin(text, start, end);
    const length = end - start;
    let lastEnd = -1;
    for (let from = 0; from <= length; ) {
      let matchEnd = noMatch;
      let at = from;
      for (; at <= length; at++) {
        const next = this.#text[at]!;
        if (next === this.#classes.lowHalf || this.#first[next] === 0) continue;
        matchEnd = this.#matchAt(at);
        if (matchEnd >= 0) break;
      }
      if (matchEnd < 0) break;
      if (matchEnd === at && at === lastEnd) {
        from = this.#after(at);
        continue;
      }
      found.push(start + at, start + matchEnd);
      lastEnd = matchEnd;
      from = matchEnd;
    }
    return found;
  }

  #begin(text: string, start: number, end: number): void {
    this.#length = end - start;
    if (this.#text.length <= this.#length) this.#text = new Uint16Array(this.#length * 2 + 1);
    this.#classes.write(text, start, end, this.#text);
    this.#memory = undefined;
    this.#steps = 0;
    this.#stepLimit = 64 * (this.#length + 256);
    if (this.#program.needsMemory) this.#beginMemory();
  }

  #beginMemory(): void {
    this.#memory = new StateMemory(this.#program, this.#length);
    this.#steps = 0;
    this.#stepLimit = 16 * (this.#program.op.length + 64) * (this.#length + 1024);
  }

  #matchAt(at: number): number {
    let end = this.#run(0, at);
    if (end === overrun) {
      this.#beginMemory();
      this.#top = 0;
      end = this.#run(0, at);
    }
    // states on the way to a match have not failed, and the next search may come to those at its end
    if (end >= 0) this.#memory?.forget(end);
    return end;
  }

  /** The end of the first match of the program from instruction `pc` at `at`. */
  #run(pc: number, at: number): number {
    const { op, a, b, c, choice } = this.#program;
    const { count, members, lowHalf } = this.#classes;
    const text = this.#text;
    const first = this.#first;
    const memory = this.#memory;
    const base = this.#top;
    for (;;) {
      let goesOn = false;
      switch (op[pc]) {
        case opcodes.set:
          if (members[a[pc]! * count + text[at]!] === 1) {
            at++;
            if (text[at] === lowHalf) at++;
            pc++;
            goesOn = true;
          }
          break;
        case opcodes.run: {
          const row = a[pc]! * count;
          if (memory !== undefined && b[pc] === 0) {
            // one character at a time, so that each place is come to once
            if (!memory.visit(choice[pc]!, at)) break;
            goesOn = true;
            if (members[row + text[at]!] === 1) {
              this.#push(pc + 1, at, -1);
              at = this.#after(at);
            } else pc++;
            break;
          }
          let end = at;
          while (members[row + text[end]!] === 1) end++;
          this.#steps += end - at;
          if (end > at && b[pc] === 0 && op[pc + 1] !== opcodes.done) this.#push(pc, end, at);
          at = end;
          pc++;
          goesOn = true;
          break;
        }
        case opcodes.split: {
          if (memory !== undefined && !memory.visit(choice[pc]!, at)) break;
          const next = text[at]!;
          goesOn = true;
          if (first[a[pc]! * count + next] === 0) {
            pc = b[pc]!;
          } else {
            if (first[b[pc]! * count + next] === 1) this.#push(b[pc]!, at, -1);
            pc = a[pc]!;
          }
          break;
        }
        case opcodes.jump:
          pc = a[pc]!;
          goesOn = true;
          break;
        case opcodes.done:
          this.#top = base;
          return at;
        case opcodes.lookSet: {
          const ahead = b[pc] === 0;
          const inText = ahead || at > 0;
          const isIn = inText && members[a[pc]! * count + text[ahead ? at : this.#before(at)]!] === 1;
          goesOn = isIn === (c[pc] === 0);
          if (goesOn) pc++;
          break;
        }
        case opcodes.place:
          goesOn = this.#isPlace(a[pc]!, at);
          if (goesOn) pc++;
          break;
        case opcodes.atomic: {
          const end = this.#runBody(pc, at);
          if (end === overrun) return overrun;
          goesOn = end >= 0;
          if (goesOn) [pc, at] = [a[pc]!, end];
          break;
        }
        case opcodes.look: {
          let from = at;
          for (let k = 0; k < c[pc]! && from >= 0; k++) from = from === 0 ? noMatch : this.#before(from);
          const end = from < 0 ? noMatch : this.#runBody(pc, from);
          if (end === overrun) return overrun;
          goesOn = end >= 0 === ((b[pc]! & lookBits.negative) === 0);
          if (goesOn) pc = a[pc]!;
        }
      }
      if (goesOn) continue;
      if (++this.#steps > this.#stepLimit) {
        if (memory === undefined) return overrun;
        throw this.#tooLong();
      }
      if (this.#top === base) return noMatch;
      const stack = this.#stack;
      this.#top -= 3;
      pc = stack[this.#top]!;
      at = stack[this.#top + 1]!;
      const least = stack[this.#top + 2]!;
      if (least >= 0) {
        at = this.#before(at);
        if (at > least) {
          stack[this.#top + 1] = at;
          this.#top += 3;
        }
        pc++;
      }
    }
  }

  /** Match the body behind instruction `pc` for itself. What it gives at a place is remembered. */
  #runBody(pc: number, at: number): number {
    const memory = this.#memory;
    if (memory === undefined) return this.#run(pc + 1, at);
    return memory.remember(pc, at, () => {
      if (++this.#steps > this.#stepLimit) throw this.#tooLong();
      return this.#run(pc + 1, at);
    });
  }

  #push(pc: number, at: number, least: number): void {
    if (this.#top + 3 > this.#stack.length) {
      const larger = new Int32Array(this.#stack.length * 2);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    this.#stack[this.#top] = pc;
    this.#stack[this.#top + 1] = at;
    this.#stack[this.#top + 2] = least;
    this.#top += 3;
  }

  #after(at: number): number {
    return this.#text[at + 1] === this.#classes.lowHalf ? at + 2 : at + 1;
  }

  #before(at: number): number {
    return this.#text[at - 1] === this.#classes.lowHalf ? at - 2 : at - 1;
  }

  #isPlace(place: number, at: number): boolean {
    const { wordSet, newlineSet } = this.#program;
    const { count, members } = this.#classes;
    const isIn = (set: number, i: number): boolean =>
      i >= 0 && i < this.#length && members[set * count + this.#text[i]!] === 1;
    const isWordEdge = (): boolean => isIn(wordSet, at) !== (at > 0 && isIn(wordSet, this.#before(at)));
    switch (places[place]!) {
      case "line-start":
        return at === 0 || (at < this.#length && isIn(newlineSet, this.#before(at)));
      case "line-end":
        return at === this.#length || isIn(newlineSet, at);
      case "text-start":
        return at === 0;
      case "text-end":
        return at === this.#length;
      case "last-line-end":
        return at === this.#length || (at === this.#length - 1 && isIn(newlineSet, at));
      case "word-boundary":
        return isWordEdge();
      case "no-word-boundary":
        return !isWordEdge();
    }
  }

  #tooLong(): TsugikiError {
    const shown = JSON.stringify(this.#program.pattern);
    return new TsugikiError(
      `the regular expression ${shown} takes more than ${this.#stepLimit} steps on a text of ${this.#length} characters`,
      { hint: "Encode shorter texts; if this one is short, the tokenizer file should not be trusted." },
    );
  }
}
