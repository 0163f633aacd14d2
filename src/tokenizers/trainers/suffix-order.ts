/** Of a text this share is sorted at a time, or what begins with the same unit, if that is more. */
const partShare = 1 / 8;

/**
 * The positions of a text that begin a character, sorted by what follows them, up to `depth` units; a unit of 0 ends
 * what is compared. They come in parts, one after the other in the same memory; suffixes in different parts begin with
 * different units. Three way radix quicksort (Bentley and Sedgewick, Fast Algorithms for Sorting and Searching
 * Strings, SODA 1997): unlike a full suffix array it needs no memory beside the positions, and pieces are short.
 */
export function forEachSortedPart(
  units: Uint16Array,
  length: number,
  depth: number,
  visit: (sorted: Int32Array) => void,
): void {
  const counts = new Int32Array(0x10000);
  for (let i = 0; i < length; i++) if (beginsCharacter(units[i]!)) counts[units[i]!]!++;
  const room = counts.reduce((most, count) => Math.max(most, count), Math.ceil(length * partShare));
  const sorted = new Int32Array(room);
  for (let first = 0; first < 0x10000; ) {
    let [end, size] = [first, 0];
    while (end < 0x10000 && size + counts[end]! <= room) size += counts[end++]!;
    const part = sorted.subarray(0, size);
    collect(units, length, counts, first, end, part);
    for (let unit = first, from = 0; unit < end; from += counts[unit++]!)
      sortRange(units, part, from, from + counts[unit]!, 1, depth);
    if (size > 0) visit(part);
    first = end;
  }
}

/** The positions whose units are at least `first` and below `end`, in the order of these units. */
function collect(
  units: Uint16Array,
  length: number,
  counts: Int32Array,
  first: number,
  end: number,
  part: Int32Array,
): void {
  const next = new Int32Array(end - first);
  for (let unit = first + 1; unit < end; unit++)
    next[unit - first] = next[unit - first - 1]! + counts[unit - 1]!;
  for (let i = 0; i < length; i++) {
    const unit = units[i]!;
    if (unit >= first && unit < end && beginsCharacter(unit)) part[next[unit - first]!++] = i;
  }
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
