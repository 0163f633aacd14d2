import { FileError } from "../../base/index.js";
import type { CategoryRule } from "./character-categories.js";
import type { IpadicData, WordTable } from "./ipadic-data.js";
import { type IpadicEdition, sourceFileOf } from "./ipadic-editions.js";

/** A word that stands beside the double array. */
export interface ExtraWord {
  readonly surface: string;
  readonly entry: number;
}

/**
 * An edition of a dictionary as the lattice reads it. An entry is a word with one analysis; entries are
 * numbered so that those of one surface follow one another, in the order in which MeCab takes them.
 */
export interface Lexicon {
  /** Base and check of each node over UTF-8 bytes, see `IpadicData`. */
  readonly trie: Int32Array;
  /** The node that each UTF-16 unit leads to from the root, or 0. */
  readonly firstNodes: Int32Array;
  /** The entries of the surface with key k are `keyStarts[k]` to `keyStarts[k + 1]`. */
  readonly keyStarts: Int32Array;
  readonly connections: Uint16Array;
  readonly costs: Int16Array;
  /** Cost of one word after another: that of `left` then `right` is at `right * connectionCount + left`. */
  readonly connectionCosts: Int16Array;
  readonly connectionCount: number;
  readonly rules: readonly CategoryRule[];
  readonly categoryOf: Uint8Array;
  readonly kindsOf: Uint16Array;
  readonly spaceKind: number;
  /** The first entry of an unknown word; all before it are known. */
  readonly firstUnknown: number;
  /** The entries of unknown words of category c are `unknownStarts[c]` to `unknownStarts[c + 1]`. */
  readonly unknownStarts: Int32Array;
  /** Words the double array lacks, by their first unit. */
  readonly extraWords: ReadonlyMap<number, readonly ExtraWord[]>;
  /** The features of an entry with commas between, as MeCab prints them. */
  featuresOf(entry: number, surface: string): string;
}

/** Make an edition of the dictionary. `place` says in errors where it comes from. */
export function buildLexicon(data: IpadicData, edition: IpadicEdition, place: string): Lexicon {
  const { words, unknownWords, categories, trie, connectionCosts, connectionCount } = data;
  const { rules, categoryOf, kindsOf, spaceKind } = categories;
  const order = orderWords(words, sourceRanks(data, edition, place));
  const { extraWords: extra } = edition;
  const firstUnknown = order.length + extra.length;
  const unknownStarts = unknownWords.keyStarts.map((start) => firstUnknown + start);
  if (unknownStarts.length !== rules.length + 1) {
    throw new FileError(place, `expected unknown words of ${rules.length} categories, got other ones`);
  }
  const inOrder = (known: ArrayLike<number>, extras: number[], unknown: ArrayLike<number>): number[] => [
    ...Array.from(order, (word) => known[word]!),
    ...extras,
    ...Array.from(unknownWords.wordsByKey, (word) => unknown[word]!),
  ];
  const textOffsets = Int32Array.from(order, (word) => words.textOffsets[word]!);
  const symbol = rules.findIndex((rule) => rule.name === "SYMBOL");
  const otherFeatures = extra.map((word) => word.features);
  rules.forEach(({ name }, category) => {
    for (let k = unknownWords.keyStarts[category]!; k < unknownWords.keyStarts[category + 1]!; k++) {
      const offset = unknownWords.textOffsets[unknownWords.wordsByKey[k]!]!;
      const features = textAt(unknownWords, offset).slice(name.length + 1);
      otherFeatures.push(category === symbol ? edition.unknownSymbol : features);
    }
  });
  const extraWords = new Map<number, ExtraWord[]>();
  extra.forEach(({ surface }, i) => {
    const first = surface.charCodeAt(0);
    extraWords.set(first, [...(extraWords.get(first) ?? []), { surface, entry: order.length + i }]);
  });
  return {
    trie,
    firstNodes: firstNodes(trie),
    keyStarts: words.keyStarts,
    connections: Uint16Array.from(
      inOrder(
        words.connections,
        extra.map((word) => word.connection),
        unknownWords.connections,
      ),
    ),
    costs: Int16Array.from(
      inOrder(
        words.costs,
        extra.map((word) => word.cost),
        unknownWords.costs,
      ),
    ),
    connectionCosts,
    connectionCount,
    rules,
    categoryOf,
    kindsOf,
    spaceKind,
    firstUnknown,
    unknownStarts,
    extraWords,
    featuresOf: (entry, surface) =>
      entry < order.length
        ? textAt(words, textOffsets[entry]!).slice(surface.length + 1)
        : otherFeatures[entry - order.length]!,
  };
}

/** The place of each connection's source file in the order of the edition. */
function sourceRanks(data: IpadicData, edition: IpadicEdition, place: string): Int8Array {
  const { words, connectionCount } = data;
  const ranks = new Int8Array(connectionCount).fill(-1);
  for (let word = 0; word < words.connections.length; word++) {
    const connection = words.connections[word]!;
    if (ranks[connection] !== -1) continue;
    const text = textAt(words, words.textOffsets[word]!);
    const file = sourceFileOf(text.slice(text.indexOf(",", 1) + 1));
    if (file === undefined) {
      throw new FileError(place, `expected a part of speech of IPADIC, got ${JSON.stringify(text)}`);
    }
    ranks[connection] = edition.sourceOrder.indexOf(file);
  }
  return ranks;
}

/** The words by key, those of one key in the order of their source files. */
function orderWords(words: WordTable, ranks: Int8Array): Int32Array {
  const order = words.wordsByKey.slice();
  for (let key = 0; key + 1 < words.keyStarts.length; key++) {
    const start = words.keyStarts[key]!;
    const end = words.keyStarts[key + 1]!;
    if (end - start < 2) continue;
    const rank = (word: number): number => ranks[words.connections[word]!]!;
    order.subarray(start, end).sort((a, b) => rank(a) - rank(b) || a - b);
  }
  return order;
}

/** The surface and the features of a word. */
function textAt(words: WordTable, offset: number): string {
  return decoder.decode(words.texts.subarray(offset, words.texts.indexOf(0, offset)));
}
const decoder = new TextDecoder();

/** Where the bytes of each character of one unit lead from the root. */
function firstNodes(trie: Int32Array): Int32Array {
  const nodes = new Int32Array(0x10000);
  const encoder = new TextEncoder();
  for (let unit = 1; unit < nodes.length; unit++) {
    if ((unit & 0xf800) === 0xd800) continue; // half a character
    let node = 0;
    for (const byte of encoder.encode(String.fromCharCode(unit))) {
      const child = trie[node * 2]! + byte;
      node = trie[child * 2 + 1] === node ? child : -1;
      if (node < 0) break;
    }
    nodes[unit] = Math.max(0, node);
  }
  return nodes;
}
