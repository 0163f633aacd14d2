import { internal } from "../base/errors.js";
import type { Head } from "./head.js";

/**
 * Our names of modules (or of single parameters) beside those of published checkpoints, `{n}` standing for the number
 * of a layer. Written once; both directions derive from it.
 */
export interface NameTable {
  /** The name of one of our parameters in checkpoints with this head; those of the bare model lack the prefix. */
  foreign(name: string, head?: Head): string;
  /** Our name for a checkpoint's; undefined where there is none. */
  own(name: string): string | undefined;
  /** Whether a parameter of ours belongs to a head. */
  isHead(name: string): boolean;
}

export interface NameTableOptions {
  readonly modules: readonly (readonly [own: string, foreign: string])[];
  /** What modules of the encoder begin with in checkpoints of models with a head, and may lack in others: `bert.`. */
  readonly prefix: string;
  /** Heads in whose checkpoints the prefix is another. */
  readonly prefixes?: Readonly<Partial<Record<Head, string>>>;
  /** Modules outside the prefix: the heads. */
  readonly heads: readonly (readonly [own: string, foreign: string])[];
  /** Names by which older checkpoints call the same thing. */
  readonly older?: readonly (readonly [older: string, newer: string])[];
}

/** Make the table; refuses one that is not a bijection. */
export function nameTable({
  modules,
  prefix,
  prefixes = {},
  heads,
  older = [],
}: NameTableOptions): NameTable {
  const rows = [...modules.map(([own, foreign]) => [own, prefix + foreign] as const), ...heads];
  for (const side of [0, 1] as const)
    if (new Set(rows.map((row) => row[side])).size !== rows.length)
      throw internal("a name stands twice in a name table");
  const toForeign = new Map(rows);
  const headNames = new Map(heads);
  const toOwn = new Map(rows.map(([own, foreign]) => [foreign, own]));
  const otherPrefixes = Object.values(prefixes);
  const ownFromModern = (name: string): string | undefined => {
    const other = otherPrefixes.find((start) => name.startsWith(start)) ?? "";
    return translate(name, toOwn) ?? translate(prefix + name.slice(other.length), toOwn);
  };
  return {
    foreign(name, head) {
      const found = translate(name, toForeign);
      if (found === undefined) throw internal(`parameter ${name} has no name in checkpoints`);
      if (head === undefined || !found.startsWith(prefix)) return found;
      return (head === "none" ? "" : (prefixes[head] ?? prefix)) + found.slice(prefix.length);
    },
    isHead: (name) => translate(name, headNames) !== undefined,
    own: (name) => ownFromModern(older.reduce((renamed, [from, to]) => renamed.replace(from, to), name)),
  };
}

/** The number of a layer: between dots, or at the end of names as PyTorch's `weight_ih_l0_reverse`. */
const layerNumber = /(?<=\.)\d+(?=\.)|(?<=_l)\d+(?=$|_reverse$)/g;

/**
 * Look up `layers.3.attention.query.weight` as `layers.{n}.attention.query` and put the number and the ending back;
 * or as a whole, where the table names parameters and not modules.
 */
function translate(name: string, table: ReadonlyMap<string, string>): string | undefined {
  const [stem, ending] = split(name);
  const module = lookUp(stem, table);
  return module === undefined ? lookUp(name, table) : `${module}${ending}`;
}

function lookUp(name: string, table: ReadonlyMap<string, string>): string | undefined {
  const numbers = name.match(layerNumber) ?? [];
  let next = 0;
  return table.get(name.replace(layerNumber, "{n}"))?.replaceAll("{n}", () => numbers[next++] ?? "");
}

function split(name: string): [string, string] {
  const at = name.lastIndexOf(".");
  return [name.slice(0, at), name.slice(at)];
}
