/** Where the rows of a step's successors lie, and what must be copied for that. */
export interface Placement {
  /** For each successor its row: the numbers below the count of successors, in some order. */
  readonly rows: readonly number[];
  /** Rows to be copied; no row that is read is written. */
  readonly copies: readonly (readonly [from: number, to: number])[];
}

/**
 * Place successors of rows so that as few as possible are copied: a row stays where it is for one of its successors, the
 * others go where no row is needed any more. `placeRows([1, 1])` leaves row 1 and copies it to row 0.
 */
export function placeRows(parents: readonly number[]): Placement {
  const count = parents.length;
  const rows = new Array<number>(count).fill(-1);
  const kept = new Set<number>();
  parents.forEach((parent, i) => {
    if (parent >= count || kept.has(parent)) return;
    kept.add(parent);
    rows[i] = parent;
  });
  const copies: [number, number][] = [];
  let free = 0;
  parents.forEach((parent, i) => {
    if (rows[i]! >= 0) return;
    while (kept.has(free)) free++;
    copies.push([parent, free]);
    rows[i] = free++;
  });
  return { rows, copies };
}
