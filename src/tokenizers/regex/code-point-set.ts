/** A set of code points: first and last of each range, one pair after the other, ascending and apart. */
export type CodePointSet = readonly number[];

/** The last code point there is. */
export const lastCodePoint = 0x10ffff;

/** Every code point. */
export const everything: CodePointSet = [0, lastCodePoint];

/** The set of ranges in any order, which may touch and overlap. `setOf([5, 9, 1, 5])` is `[1, 9]`. */
export function setOf(ranges: readonly number[]): CodePointSet {
  const order = Array.from({ length: ranges.length / 2 }, (_, i) => i * 2);
  order.sort((a, b) => ranges[a]! - ranges[b]!);
  const merged: number[] = [];
  for (const k of order) {
    const [first, last] = [ranges[k]!, ranges[k + 1]!];
    const end = merged.at(-1);
    if (end !== undefined && first <= end + 1) merged[merged.length - 1] = Math.max(end, last);
    else merged.push(first, last);
  }
  return merged;
}

/** What is in any of the sets. */
export function union(sets: readonly CodePointSet[]): CodePointSet {
  return sets.length === 1 ? sets[0]! : setOf(sets.flat());
}

/** What is not in the set. */
export function complement(set: CodePointSet): CodePointSet {
  const rest: number[] = [];
  let next = 0;
  for (let k = 0; k < set.length; k += 2) {
    if (set[k]! > next) rest.push(next, set[k]! - 1);
    next = set[k + 1]! + 1;
  }
  if (next <= lastCodePoint) rest.push(next, lastCodePoint);
  return rest;
}

/** What is in both sets. */
export function intersection(a: CodePointSet, b: CodePointSet): CodePointSet {
  return complement(union([complement(a), complement(b)]));
}

/** Whether a code point is in the set. */
export function contains(set: CodePointSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (set[middle * 2 + 1]! < codePoint) low = middle + 1;
    else high = middle;
  }
  return low * 2 < set.length && set[low * 2]! <= codePoint;
}

let caseGroups: Map<number, number[]> | undefined;

/** The set and all that differs from its members in case only: of `s` also `S` and `ſ`. */
export function withBothCases(set: CodePointSet): CodePointSet {
  caseGroups ??= groupByCase();
  const added: number[] = [];
  for (const [codePoint, group] of caseGroups) {
    if (contains(set, codePoint)) for (const each of group) added.push(each, each);
  }
  return setOf([...set, ...added]);
}

/** No character beyond this one has a case. */
const lastCased = 0x1efff;

function groupByCase(): Map<number, number[]> {
  const byFolded = new Map<string, number[]>();
  for (let codePoint = 0; codePoint <= lastCased; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    const upper = character.toUpperCase();
    const lower = character.toLowerCase();
    if (upper === lower) continue;
    // what has no single upper case (ß) is its own, for this engine changes no lengths
    const folded = [...upper].length === 1 ? upper.toLowerCase() : lower;
    const group = byFolded.get(folded);
    if (group === undefined) byFolded.set(folded, [codePoint]);
    else group.push(codePoint);
  }
  const groups = new Map<number, number[]>();
  for (const group of byFolded.values()) for (const each of group) groups.set(each, group);
  return groups;
}
