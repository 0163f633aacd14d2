import type { CharacterClasses } from "./character-classes.js";
import { opcodes, type Program } from "./program.js";

/**
 * For each instruction, which classes of a next character it can go on with: 1 at `pc * count + class`. Rows
 * are filled for the branches of splits and for the start only. May say yes where the answer is no.
 */
export function firstCharacters(program: Program, classes: CharacterClasses): Uint8Array {
  const { op, a, b } = program;
  const { count, members } = classes;
  const rows = new Uint8Array(op.length * count);
  const fill = (start: number): void => {
    const seen = new Set<number>();
    const pending = [start];
    for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
      if (seen.has(pc)) continue;
      seen.add(pc);
      switch (op[pc]) {
        case opcodes.run:
        case opcodes.set:
          if (op[pc] === opcodes.run) pending.push(pc + 1);
          for (let c = 0; c < count; c++) rows[start * count + c]! |= members[a[pc]! * count + c]!;
          break;
        case opcodes.split:
          pending.push(a[pc]!, b[pc]!);
          break;
        case opcodes.jump:
          pending.push(a[pc]!);
          break;
        case opcodes.lookSet:
        case opcodes.place:
          pending.push(pc + 1);
          break;
        default: // done, atomic, look: anything may follow
          rows.fill(1, start * count, (start + 1) * count);
          return;
      }
    }
  };
  fill(0);
  for (let pc = 0; pc < op.length; pc++) {
    if (op[pc] !== opcodes.split) continue;
    fill(a[pc]!);
    fill(b[pc]!);
  }
  return rows;
}
