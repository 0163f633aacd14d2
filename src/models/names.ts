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
  /** Our names of the parameters of which a checkpoint may hold one once more under this name, being tied to it. */
  tied(name: string): readonly string[];
  /** Whether a parameter of ours belongs to a head. */
  isHead(name: string): boolean;
}

export interface NameTableOptions {
  readonly modules: readonly Row[];
  /** What modules of the encoder begin with in checkpoints of models with a head, and may lack in others: `bert.`. */
  readonly prefix: string;
  /** Heads in whose checkpoints the prefix is another. */
  readonly prefixes?: Readonly<Partial<Record<Head, string>>>;
  /** Modules outside the prefix: the heads. */
  readonly heads: readonly Row[];
  /** Names by which older checkpoints call the same thing. */
  readonly older?: readonly (readonly [older: string, newer: string])[];
  /** Modules of ours, and under which further names checkpoints hold the same array once more. */
  readonly aliases?: readonly Row[];
}

type Row = readonly [own: string, foreign: string];

/**
 * What names of parameters begin with that are learnt beside a model and are no part of it: another model that it learns
 * from, a head that serves pre-training alone. Checkpoints of a run hold them by these names; a model is saved without.
 */
export const besidePrefix = "beside.";

/** Whether a parameter is learnt beside a model, whichever it is. */
export function isBeside(name: string): boolean {
  return name.startsWith(besidePrefix);
}

/** The chain of tags that may stand on any model that tags tokens, and its names in torchcrf. */
const chainRows: readonly Row[] = [
  ["tagChain.start", "crf.start_transitions"],
  ["tagChain.transitions", "crf.transitions"],
  ["tagChain.end", "crf.end_transitions"],
];

/** Make the table; refuses one that is not a bijection. */
export function nameTable({
  modules,
  prefix,
  prefixes = {},
  heads: ownHeads,
  older = [],
  aliases = [],
}: NameTableOptions): NameTable {
  const heads = [...ownHeads, ...chainRows];
  const rows: Row[] = [...modules.map(([own, foreign]) => [own, prefix + foreign] as const), ...heads];
  for (const side of [0, 1] as const)
    if (new Set(rows.map((row) => row[side])).size !== rows.length)
      throw internal("a name stands twice in a name table");
  const reversed = (list: readonly Row[]): Row[] => list.map(([own, foreign]) => [foreign, own]);
  const toForeign = translator(rows);
  const toHead = translator(heads);
  const toOwn = translator(reversed(rows));
  const toTied = reversed(aliases).map((row) => translator([row]));
  const modern = (name: string): string =>
    older.reduce((renamed, [from, to]) => renamed.replace(from, to), name);
  /** What a name is without the prefix that checkpoints of any head give it. */
  const bare = (name: string): string => {
    const found = [...Object.values(prefixes), prefix].find((start) => name.startsWith(start)) ?? "";
    return name.slice(found.length);
  };
  return {
    foreign(name, head) {
      if (isBeside(name)) return name;
      const found = toForeign(name);
      if (found === undefined) throw internal(`parameter ${name} has no name in checkpoints`);
      if (head === undefined || toHead(name) !== undefined) return found;
      return (head === "none" ? "" : (prefixes[head] ?? prefix)) + found.slice(prefix.length);
    },
    isHead: (name) => isBeside(name) || toHead(name) !== undefined,
    own: (name) =>
      (isBeside(name) ? name : undefined) ?? toOwn(modern(name)) ?? toOwn(prefix + bare(modern(name))),
    tied: (name) => toTied.flatMap((translate) => translate(name) ?? translate(bare(name)) ?? []),
  };
}

/**
 * From `layers.{n}.query` to `block.{n}.q`: turns `layers.3.query.weight` into `block.3.q.weight`. A row may name a
 * parameter and not a module.
 */
function translator(rows: readonly Row[]): (name: string) => string | undefined {
  const patterns = rows.map(([from, to]) => {
    const literal = from.split("{n}").map((part) => part.replaceAll(".", "\\."));
    return [new RegExp(`^${literal.join("(\\d+)")}$`), to] as const;
  });
  const translate = (name: string): string | undefined => {
    for (const [pattern, to] of patterns) {
      const match = pattern.exec(name);
      let next = 1;
      if (match !== null) return to.replaceAll("{n}", () => match[next++] ?? "");
    }
    return undefined;
  };
  return (name) => {
    const at = Math.max(0, name.lastIndexOf("."));
    const module = translate(name.slice(0, at));
    return module === undefined ? translate(name) : `${module}${name.slice(at)}`;
  };
}
