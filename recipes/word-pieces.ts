// A vocabulary for WordPiece: all frequent characters, and pieces made by merging the most frequent neighbours again
// and again (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909).

/** How large a vocabulary becomes. */
export interface WordPieceSizes {
  /** All tokens, the given ones included. */
  readonly size: number;
  /** How many different characters it can spell; words with others become unknown. */
  readonly characterCount: number;
}

/** A word as its pieces so far, and how often it occurs. */
interface SpeltWord {
  pieces: readonly string[];
  readonly count: number;
}

const prefix = "##";
/** Pairs merged between two counts of all pairs: more is faster, and a little less exact. */
const mergesPerRound = 40;

/**
 * Learn a vocabulary from words with their counts. It begins with `first` (special tokens), then has the `always`
 * characters in both forms, then the most frequent characters in the forms in which they occur, then merged pieces.
 *
 * From `{ low: 5, lower: 2 }` come `l`, `##o`, `##w`, `##e`, `##r` and then `lo`, `low`, `##er`, `lower`.
 */
export function learnWordPieces(
  counts: ReadonlyMap<string, number>,
  first: readonly string[],
  always: readonly string[],
  { size, characterCount }: WordPieceSizes,
): string[] {
  const vocabulary = new Set([...first, ...always, ...always.map((character) => prefix + character)]);
  const characters = new Set([...always, ...mostFrequent(characterCounts(counts), characterCount)]);
  const words: SpeltWord[] = [];
  const forms = new Map<string, number>();
  for (const [word, count] of counts) {
    const pieces = Array.from(word, (character, i) => (i === 0 ? character : prefix + character));
    if (!Array.from(word).every((character) => characters.has(character))) continue;
    if (count > 1) words.push({ pieces, count }); // most words occur once, and no piece comes of them
    for (const piece of pieces) add(forms, piece, count);
  }
  for (const form of mostFrequent(forms, size)) vocabulary.add(form);
  while (vocabulary.size < size) {
    const pairs = mostFrequent(pairCounts(words), Math.min(mergesPerRound, size - vocabulary.size));
    if (pairs.length === 0) break;
    const merges = new Map(pairs.map((pair) => [pair, merged(...(pair.split(" ") as [string, string]))]));
    for (const piece of merges.values()) vocabulary.add(piece);
    for (const word of words) word.pieces = merge(word.pieces, merges);
  }
  return [...vocabulary];
}

/** `merge(["l", "##o", "##w"], {"l ##o" → "lo"})` is `["lo", "##w"]`. */
function merge(pieces: readonly string[], merges: ReadonlyMap<string, string>): readonly string[] {
  const out: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const together = i + 1 < pieces.length ? merges.get(`${pieces[i]} ${pieces[i + 1]}`) : undefined;
    out.push(together ?? pieces[i]!);
    if (together !== undefined) i++;
  }
  return out.length === pieces.length ? pieces : out;
}

function merged(left: string, right: string): string {
  return left + right.slice(prefix.length);
}

function pairCounts(words: readonly SpeltWord[]): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const { pieces, count } of words)
    for (let i = 1; i < pieces.length; i++) add(pairs, `${pieces[i - 1]} ${pieces[i]}`, count);
  return pairs;
}

function characterCounts(counts: ReadonlyMap<string, number>): Map<string, number> {
  const characters = new Map<string, number>();
  for (const [word, count] of counts) for (const character of word) add(characters, character, count);
  return characters;
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** The keys with the highest counts; of equal ones the first in code unit order, so that the result is the same everywhere. */
function mostFrequent(counts: ReadonlyMap<string, number>, size: number): string[] {
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, size)
    .map(([key]) => key);
}
