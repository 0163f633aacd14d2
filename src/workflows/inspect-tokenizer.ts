import type { Tokenizer } from "../tokenizers/index.js";
import { readableTokens } from "./readable-tokens.js";
import type { TextInput } from "./text-inputs.js";
import { wordTokens } from "./words-of-text.js";

/** A token and what makes it worth showing. */
export interface PieceCount {
  readonly token: string;
  /** The token as people read it: that of a byte-level tokenizer is written in signs for bytes. */
  readonly text: string;
  readonly id: number;
  /** How often it occurs. */
  readonly count: number;
}

/** A word that a tokenizer cannot spell, and how often it occurs. */
export interface UnknownWord {
  readonly word: string;
  readonly count: number;
}

/** How a tokenizer suits a text. */
export interface TokenizerReport {
  readonly vocabularySize: number;
  readonly textCount: number;
  /** Code points of the texts. */
  readonly characterCount: number;
  /** Words by Unicode's rules, in Japanese by a dictionary, the same for every tokenizer. */
  readonly wordCount: number;
  readonly tokenCount: number;
  /** Tokens of the vocabulary that occur. */
  readonly usedCount: number;
  /** The share of the vocabulary that occurs. */
  readonly vocabularyCoverage: number;
  readonly unknownCount: number;
  /** The share of tokens that are unknown. */
  readonly unknownRate: number;
  readonly tokensPerCharacter: number;
  /** Tokens of words alone, those of signs left out. */
  readonly tokensPerWord: number;
  /** Words that are one token and known, as a share of all words. */
  readonly wholeWordRate: number;
  /** The tokens that stand for the most characters of the text, of those that occur. */
  readonly longest: readonly PieceCount[];
  /** The tokens that occur least often, of those that occur. */
  readonly rarest: readonly PieceCount[];
  /** The stretches of text that became unknown, the most frequent first. */
  readonly unknownWords: readonly UnknownWord[];
}

/** The most different unknown stretches that are counted: a text in another script has no end of them. */
const unknownLimit = 100_000;

/** Encode texts and count what comes of them; `listLength` is how many pieces each list has. */
export async function inspectTokenizer(
  tokenizer: Tokenizer,
  inputs: AsyncIterable<TextInput> | Iterable<TextInput>,
  { listLength = 10 }: { listLength?: number } = {},
): Promise<TokenizerReport> {
  const counts = new Map<number, number>();
  const unknown = new Map<string, number>();
  const { unknownId } = tokenizer;
  const readable = readableTokens(tokenizer);
  let [textCount, characterCount, tokenCount] = [0, 0, 0];
  const words = { wordCount: 0, tokenCount: 0, wholeCount: 0 };
  const add = (text: string): void => {
    textCount++;
    characterCount += countCodePoints(text);
    const encoding = tokenizer.encode(text, { specialTokens: false });
    const { ids, starts, ends } = encoding;
    tokenCount += ids.length;
    const found = wordTokens(text, encoding, unknownId);
    for (const key of ["wordCount", "tokenCount", "wholeCount"] as const) words[key] += found[key];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      counts.set(id, (counts.get(id) ?? 0) + 1);
      if (id !== unknownId) continue;
      const word = text.slice(starts[i]!, ends[i]!);
      if (unknown.has(word) || unknown.size < unknownLimit) unknown.set(word, (unknown.get(word) ?? 0) + 1);
    }
  };
  for await (const { text, pair } of inputs) {
    add(text);
    if (pair !== undefined) add(pair);
  }
  const used = [...counts].map(([id, count]) => {
    const token = tokenizer.idToToken(id)!;
    return { token, text: readable(token), id, count };
  });
  const unknownCount = unknownId === undefined ? 0 : (counts.get(unknownId) ?? 0);
  const pieces = used.filter(({ id }) => !tokenizer.isSpecial(id));
  const lengthOf = lengths(tokenizer, pieces);
  return {
    vocabularySize: tokenizer.vocabularySize,
    textCount,
    characterCount,
    wordCount: words.wordCount,
    tokenCount,
    usedCount: used.length,
    vocabularyCoverage: ratio(used.length, tokenizer.vocabularySize),
    unknownCount,
    unknownRate: ratio(unknownCount, tokenCount),
    tokensPerCharacter: ratio(tokenCount, characterCount),
    tokensPerWord: ratio(words.tokenCount, words.wordCount),
    wholeWordRate: ratio(words.wholeCount, words.wordCount),
    longest: pieces.toSorted((a, b) => lengthOf(b.id) - lengthOf(a.id) || a.id - b.id).slice(0, listLength),
    rarest: pieces.toSorted((a, b) => a.count - b.count || b.id - a.id).slice(0, listLength),
    unknownWords: [...unknown]
      .map(([word, count]) => ({ word, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, listLength),
  };
}

/** How many characters of text a token stands for: as it is decoded, for the token may be written in bytes or marks. */
function lengths(tokenizer: Tokenizer, pieces: readonly PieceCount[]): (id: number) => number {
  const table = new Map(pieces.map(({ id }) => [id, countCodePoints(tokenizer.decode([id]).trim())]));
  return (id) => table.get(id)!;
}

function countCodePoints(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
  return count;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
