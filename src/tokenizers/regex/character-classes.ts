import type { CodePointSet } from "./code-point-set.js";

/**
 * Characters that no set of a pattern tells apart are one class: the matcher compares classes only. Two
 * classes more stand for the second half of a surrogate pair and for the end of the text.
 */
export interface CharacterClasses {
  readonly lowHalf: number;
  readonly end: number;
  /** How many classes there are, those two included. */
  readonly count: number;
  /**
   * Whether class `c` is in set `s`: 1 at `s * count + c`. The second half of a pair is in every set, so that
   * a run over a set need not look at it.
   */
  readonly members: Uint8Array;
  /** Write the class of every unit of `text` from `start` to `end`, and behind them that of the end. */
  write(text: string, start: number, end: number, out: Uint16Array): void;
}

/** The classes of the characters for the sets of a pattern. */
export function characterClasses(sets: readonly CodePointSet[]): CharacterClasses {
  const firsts = boundaries(sets);
  const pointers = sets.map(() => 0);
  const classBySignature = new Map<string, number>();
  const classes = firsts.map((first) => {
    const signature = sets
      .map((set, s) => {
        while (pointers[s]! < set.length && set[pointers[s]! + 1]! < first) pointers[s]! += 2;
        return pointers[s]! < set.length && set[pointers[s]!]! <= first ? "1" : "0";
      })
      .join("");
    const known = classBySignature.get(signature);
    if (known !== undefined) return known;
    classBySignature.set(signature, classBySignature.size);
    return classBySignature.size - 1;
  });
  const lowHalf = classBySignature.size;
  const end = lowHalf + 1;
  const count = end + 1;
  const members = new Uint8Array(sets.length * count);
  for (const [signature, id] of classBySignature) {
    for (let s = 0; s < sets.length; s++) members[s * count + id] = signature[s] === "1" ? 1 : 0;
  }
  for (let s = 0; s < sets.length; s++) members[s * count + lowHalf] = 1;

  const basic = new Uint16Array(0x10000);
  firsts.forEach((first, i) => {
    if (first < 0x10000) basic.fill(classes[i]!, first, Math.min(0x10000, firsts[i + 1] ?? 0x10000));
  });
  const classOf = (codePoint: number): number => {
    let low = 0;
    let high = firsts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (firsts[middle]! <= codePoint) low = middle;
      else high = middle;
    }
    return classes[low]!;
  };

  return {
    lowHalf,
    end,
    count,
    members,
    write(text, start, stop, out) {
      let at = 0;
      for (let i = start; i < stop; i++) {
        const unit = text.charCodeAt(i);
        const low = (unit & 0xfc00) === 0xd800 && i + 1 < stop ? text.charCodeAt(i + 1) : 0;
        if ((low & 0xfc00) === 0xdc00) {
          out[at++] = classOf(text.codePointAt(i)!);
          out[at++] = lowHalf;
          i++;
        } else out[at++] = basic[unit]!;
      }
      out[at] = end;
    },
  };
}

/** Where a set begins or has just ended, ascending. */
function boundaries(sets: readonly CodePointSet[]): number[] {
  const found = new Set([0]);
  for (const set of sets) {
    for (let k = 0; k < set.length; k += 2) {
      found.add(set[k]!);
      found.add(set[k + 1]! + 1);
    }
  }
  found.delete(0x110000);
  return [...found].sort((a, b) => a - b);
}
