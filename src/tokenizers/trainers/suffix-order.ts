/**
 * The positions of a text that begin a character, sorted by what follows them, up to `depth` units; a unit of 0 ends
 * what is compared. Three way radix quicksort (Bentley and Sedgewick, Fast Algorithms for Sorting and Searching
 * Strings, SODA 1997): unlike a full suffix array it needs no memory beside the positions, and pieces are short.
 */
export function sortedSuffixes(units: Uint16Array, length: number, depth: number): Int32Array {
  const sorted = bucketsByFirst(units, length);
  let from = 0;
  while (from < sorted.length) {
    const first = units[sorted[from]!]!;
    let to = from + 1;
    while (to < sorted.length && units[sorted[to]!] === first) to++;
    sortRange(units, sorted, from, to, 1, depth);
    from = to;
  }
  return sorted;
}

/** The positions in the order of their first units. */
function bucketsByFirst(units: Uint16Array, length: number): Int32Array {
  const next = new Int32Array(0x10001);
  for (let i = 0; i < length; i++) if (beginsCharacter(units[i]!)) next[units[i]! + 1]!++;
  for (let unit = 0; unit < 0x10000; unit++) next[unit + 1]! += next[unit]!;
  const sorted = new Int32Array(next[0x10000]!);
  for (let i = 0; i < length; i++) if (beginsCharacter(units[i]!)) sorted[next[units[i]!]!++] = i;
  return sorted;
}

function beginsCharacter(unit: number): boolean {
  return unit !== 0 && (unit & 0xfc00) !== 0xdc00;
}

/** Fewer suffixes than this are sorted by insertion. */
const smallRange = 12;

function sortRange(
  units: Uint16Array,
  order: Int32Array,
  from: number,
  to: number,
  startDepth: number,
  limit: number,
): void {
  let depth = startDepth;
  while (to - from > smallRange) {
    if (depth >= limit) return;
    const pivot = medianUnit(units, order, from, to, depth);
    let low = from;
    let high = to;
    for (let i = from; i < high; ) {
      const suffix = order[i]!;
      const unit = units[suffix + depth]!;
      if (unit < pivot) {
        order[i++] = order[low]!;
        order[low++] = suffix;
      } else if (unit > pivot) {
        order[i] = order[--high]!;
        order[high] = suffix;
      } else i++;
    }
    sortRange(units, order, from, low, depth, limit);
    sortRange(units, order, high, to, depth, limit);
    if (pivot === 0) return;
    from = low;
    to = high;
    depth++;
  }
  for (let i = from + 1; i < to; i++) {
    const suffix = order[i]!;
    let k = i;
    while (k > from && comesBefore(units, suffix, order[k - 1]!, depth, limit)) {
      order[k] = order[k - 1]!;
      k--;
    }
    order[k] = suffix;
  }
}

function medianUnit(units: Uint16Array, order: Int32Array, from: number, to: number, depth: number): number {
  const a = units[order[from]! + depth]!;
  const b = units[order[(from + to) >> 1]! + depth]!;
  const c = units[order[to - 1]! + depth]!;
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function comesBefore(units: Uint16Array, one: number, other: number, depth: number, limit: number): boolean {
  for (let k = depth; k < limit; k++) {
    const a = units[one + k]!;
    const b = units[other + k]!;
    if (a !== b) return a < b;
    if (a === 0) return false;
  }
  return false;
}

/** How many units two suffixes share from their starts, at most `limit` and up to a unit of 0. */
export function sharedLength(units: Uint16Array, one: number, other: number, limit: number): number {
  let k = 0;
  while (k < limit && units[one + k] === units[other + k] && units[one + k] !== 0) k++;
  return k;
}
