import { internal } from "../base/errors.js";
import type { FlatRange } from "../engine/index.js";
import type { Arena, ArenaLayout } from "./arena.js";

// Of an embedding table a batch reads a few rows. Those that no batch has read yet have neither gradient nor optimizer
// states, and those that this one has not read have no gradient: norm and update leave that out, to the same bytes.

/** A table in the flat array of its group; sizes in numbers. */
interface Table {
  readonly group: number;
  readonly start: number;
  readonly rowSize: number;
  readonly rowCount: number;
  /** 1 for rows that have states; undefined where that is still to be looked up. */
  isActive: Uint8Array | undefined;
  /** Rows that the gradient of this step has. */
  readonly inGradient: Set<number>;
}

/** What of a group is updated as a whole, and what has neither gradient nor states. */
export interface GroupRanges {
  readonly active: readonly FlatRange[];
  readonly idle: readonly FlatRange[];
}

/** So many idle rows between active ones are not worth a loop of their own. */
const shortestIdle = 4;

/** The rows of tables whose gradient comes row by row. */
export class SparseRows {
  readonly #tables = new Map<string, Table>();
  readonly #sizes: readonly number[];
  readonly #states: readonly Arena[];

  /** `names` are the tables; one whose rows do not fill registers is taken as a whole. */
  constructor({ slots, offsets, sizes }: ArenaLayout, names: ReadonlySet<string>, states: readonly Arena[]) {
    this.#sizes = sizes;
    this.#states = states;
    slots.forEach(({ name, shape, group }, i) => {
      const [rowCount = 1, ...rest] = shape;
      const rowSize = rest.reduce((a, b) => a * b, 1);
      if (!names.has(name) || rowSize % 4 !== 0) return;
      const table = { group, start: offsets[i]!, rowSize, rowCount, isActive: undefined };
      this.#tables.set(name, { ...table, inGradient: new Set() });
    });
  }

  /** The gradient of this step has these rows. */
  note(name: string, ids: ArrayLike<bigint>): void {
    const table = this.#tables.get(name);
    if (table === undefined) return;
    for (let i = 0; i < ids.length; i++) table.inGradient.add(Number(ids[i]));
  }

  /** States were set from outside. */
  review(): void {
    for (const table of this.#tables.values()) table.isActive = undefined;
  }

  /** Where a group's gradient may have other numbers than zeros: what lies outside of tables, then row by row. */
  gradientRanges(group: number): FlatRange[] {
    const tables = this.#tablesOf(group);
    const rows = tables.flatMap(({ start, rowSize, inGradient }) =>
      [...inGradient].sort((a, b) => a - b).map((row) => rangeOfRows(start, rowSize, row, row + 1)),
    );
    return [...this.#between(tables, group), ...rows];
  }

  /** What an update of a group does; the gradient is that of the next step then. */
  updateRanges(group: number): GroupRanges {
    const tables = this.#tablesOf(group);
    const active = this.#between(tables, group);
    const idle: FlatRange[] = [];
    for (const table of tables) {
      const { start, rowSize, rowCount, inGradient } = table;
      table.isActive ??= this.#rowsWithStates(table);
      const { isActive } = table;
      for (const row of inGradient) isActive[row] = 1;
      inGradient.clear();
      const take = (ranges: FlatRange[], from: number, to: number): void => {
        if (to > from) ranges.push(rangeOfRows(start, rowSize, from, to));
      };
      let begin = 0; // of what is active and not taken yet
      for (let row = 0; row < rowCount; ) {
        if (isActive[row] === 1) {
          row++;
          continue;
        }
        let end = row;
        while (end < rowCount && isActive[end] === 0) end++;
        if (end - row >= shortestIdle) {
          take(active, begin, row);
          take(idle, row, end);
          begin = end;
        }
        row = end;
      }
      take(active, begin, rowCount);
    }
    return { active, idle };
  }

  #tablesOf(group: number): Table[] {
    return [...this.#tables.values()].filter((table) => table.group === group);
  }

  /** The group without its tables. */
  #between(tables: readonly Table[], group: number): FlatRange[] {
    const ranges: FlatRange[] = [];
    let begin = 0;
    for (const { start, rowSize, rowCount } of tables) {
      if (start < begin) throw internal("tables in another order than that of their places");
      if (start > begin) ranges.push({ start: begin, end: start });
      begin = start + rowSize * rowCount;
    }
    const size = this.#sizes[group]!;
    if (size > begin) ranges.push({ start: begin, end: size });
    return ranges;
  }

  #rowsWithStates({ group, start, rowSize, rowCount }: Table): Uint8Array {
    const found = new Uint8Array(rowCount);
    for (const { groups } of this.#states)
      for (let row = 0; row < rowCount; row++) {
        const from = start + row * rowSize;
        if (found[row] === 0 && groups[group]!.subarray(from, from + rowSize).some((value) => value !== 0))
          found[row] = 1;
      }
    return found;
  }
}

function rangeOfRows(start: number, rowSize: number, from: number, to: number): FlatRange {
  return { start: start + from * rowSize, end: start + to * rowSize };
}
