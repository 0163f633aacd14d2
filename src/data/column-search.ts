import { DataError, type Json, nearest } from "../base/index.js";
import type { RowSet } from "../formats/row.js";
import { canonicalName } from "./column-names.js";
import { type ColumnProfile, profileColumns } from "./column-profile.js";

/** How a column was found: named by the user, by its name, or by what it holds. */
export type FoundBy = "option" | "name" | "content";

/** A role and the column (or columns) found for it. */
export interface FoundColumn {
  readonly role: string;
  readonly columns: readonly string[];
  readonly by: FoundBy;
}

/** Looks for the columns that play a task's roles. A column plays one role; a role once found stays. */
export class ColumnSearch {
  readonly set: RowSet;
  readonly #found = new Map<string, FoundColumn>();
  #profiles: readonly ColumnProfile[] | undefined;

  constructor(set: RowSet) {
    this.set = set;
  }

  /** What was found, in the order in which it was. */
  get found(): FoundColumn[] {
    return [...this.#found.values()];
  }

  has(role: string): boolean {
    return this.#found.has(role);
  }

  /** The columns that play no role yet. */
  free(): ColumnProfile[] {
    const taken = new Set(this.found.flatMap((found) => found.columns));
    this.#profiles ??= profileColumns(this.set);
    return this.#profiles.filter((profile) => !taken.has(profile.name));
  }

  /** Columns whose values, where they are not null, all fit; none where there is no value. */
  holding(fits: (value: Json) => boolean): (column: string) => boolean {
    return (column) => {
      const values = this.set.rows.slice(0, 1000).map((row) => row.fields[column] ?? null);
      const given = values.filter((value) => value !== null);
      return given.length > 0 && given.every(fits);
    };
  }

  /** The user named a column, or several, for a role. */
  option(role: string, given: string | readonly string[]): void {
    const columns = typeof given === "string" ? [given] : given;
    for (const column of columns) if (!this.set.columns.includes(column)) throw this.#unknown(role, column);
    this.take(role, columns, "option");
  }

  /**
   * Takes the free column with the first of some usual names; of several that differ only in spelling or
   * language (`text_en`, `text_ja`), the one with the fewest empty cells.
   */
  byName(role: string, names: readonly string[], fits: (column: string) => boolean = () => true): void {
    for (const name of names) {
      const column = this.called(name, fits);
      if (column === undefined) continue;
      this.take(role, [column], "name");
      return;
    }
  }

  /** The free column of that name, in any spelling. */
  called(name: string, fits: (column: string) => boolean = () => true): string | undefined {
    const same = this.free().filter((column) => canonicalName(column.name) === name && fits(column.name));
    return same.reduce<ColumnProfile | undefined>(
      (best, column) => (best === undefined || column.filled > best.filled ? column : best),
      undefined,
    )?.name;
  }

  take(role: string, columns: readonly string[], by: FoundBy): void {
    if (!this.#found.has(role) && columns.length > 0) this.#found.set(role, { role, columns, by });
  }

  /** What to throw where a role that is needed has no column. */
  notFound(role: string): DataError {
    return new DataError(
      `${this.set.path}: expected a column for the ${role}, got ${this.set.columns.join(", ")}`,
      {
        hint: `name it: --${role}-column ${this.free()[0]?.name ?? "NAME"}`,
      },
    );
  }

  #unknown(role: string, column: string): DataError {
    const near = nearest(column, this.set.columns);
    const hint = near === undefined ? `give one of these as --${role}-column` : `did you mean "${near}"?`;
    return new DataError(
      `${this.set.path}: expected a column "${column}", got ${this.set.columns.join(", ")}`,
      {
        hint,
      },
    );
  }
}
