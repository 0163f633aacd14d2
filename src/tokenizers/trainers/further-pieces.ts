import { internal } from "../../base/index.js";
import type { Merge } from "../models/bpe-merges.js";
import { type FurtherPieces, joined } from "../models/growth.js";
import type { Growth, Model, TokenSink } from "../models/model.js";
import { compareCodePoints } from "./code-point-order.js";
import { pieceRule } from "./piece-rules.js";
import type { TrainProgress } from "./trainer.js";
import type { WordCounts } from "./word-counts.js";
import { Merger } from "./word-piece-merges.js";
import { enlarged } from "./word-piece-pairs.js";
import type { SpelledWords } from "./word-piece-words.js";

/** What further pieces are learnt by. */
export interface FurtherPiecesOptions {
  /** The most pieces to learn. Default 1000. */
  pieceCount?: number;
  /** What occurs less often in the words makes no piece. Default 10. */
  minFrequency?: number;
  onProgress?: (progress: TrainProgress) => void;
}

/** Pieces that were learnt, and what the model cut them into before. */
export interface LearntPieces extends FurtherPieces {
  /** Of each piece: the ids of the pieces that stood in its place; none for a character that nothing spelt. */
  readonly origins: readonly (readonly number[])[];
}

/**
 * Learn pieces that a model lacks for the words of a text: first the characters that it cannot spell, the most
 * frequent ones; then the training of BPE goes on from words as the model cuts them, so that each new piece is a
 * frequent sequence of its pieces. Where a piece can be reached without the steps that led to it, steps that few words
 * are left with are no pieces. The same words give the same pieces, whatever their order.
 */
export function furtherPieces(
  words: WordCounts,
  model: Model,
  options: FurtherPiecesOptions = {},
): LearntPieces {
  const { pieceCount = 1000, minFrequency = 10, onProgress } = options;
  const { growth } = model;
  if (growth === undefined) throw internal("the model takes no further pieces");
  const characters = unspeltCharacters(words, model, growth, minFrequency).slice(0, pieceCount);
  const cutting = characters.length === 0 ? model : growth.extend({ pieces: characters, merges: [] }, []);
  const { vocabulary } = cutting;
  const wanted = pieceCount - characters.length;
  const stepLimit = growth.needsHalves ? wanted : 4 * wanted;
  const spelled = spellWithPieces(words, cutting, growth, vocabulary.length + stepLimit);
  const merger = new Merger(spelled, { score: "frequency", minFrequency, memoryLimit: 2 ** 28 });
  const symbols = [...vocabulary];
  const ids = new Map(symbols.map((piece, id) => [piece, id]));
  const mayBePiece = ruleFor(vocabulary);
  const merges: Merge[] = [];
  const isUsed = (symbol: number): boolean =>
    growth.needsHalves || spelled.symbolCounts[symbol]! >= minFrequency;
  let usedCount = 0;
  const countUse = (symbol: number, sign: 1 | -1): void => {
    if (symbol >= vocabulary.length && isUsed(symbol)) usedCount += sign;
  };
  while (usedCount < wanted && symbols.length < vocabulary.length + stepLimit) {
    const best = merger.best();
    if (best === undefined) break;
    const [left, right] = [symbols[best.left]!, symbols[best.right]!];
    const whole = joined(left, right, growth.continuingPrefix);
    const known = ids.get(whole);
    // a piece that the model has and did not take here is left where it is: the old pieces are cut as they were
    if (!mayBePiece(whole) || (known !== undefined && known < vocabulary.length)) continue;
    const symbol = known ?? symbols.push(whole) - 1;
    ids.set(whole, symbol);
    merges.push([left, right]);
    const touched = new Set([best.left, best.right, symbol]);
    for (const one of touched) if (one !== symbol || known !== undefined) countUse(one, -1);
    merger.merge(best, symbol);
    for (const one of touched) countUse(one, 1);
    onProgress?.({ done: Math.min(usedCount, wanted), total: wanted });
  }
  const learnt = symbols.slice(vocabulary.length).filter((_, i) => isUsed(vocabulary.length + i));
  const pieces = [...characters, ...learnt.slice(0, wanted)];
  return { pieces, merges, origins: originsOf(pieces, merges, model, growth) };
}

/** Of each piece the ids of the model's own pieces that it was put together from, in their order. */
function originsOf(
  pieces: readonly string[],
  merges: readonly Merge[],
  model: Model,
  { continuingPrefix }: Growth,
): number[][] {
  const known = new Map<string, number[]>();
  const originOf = (piece: string): number[] => {
    const id = model.tokenToId(piece);
    return known.get(piece) ?? (id === undefined ? [] : [id]);
  };
  for (const [left, right] of merges) {
    const whole = joined(left, right, continuingPrefix);
    if (!known.has(whole)) known.set(whole, [...originOf(left), ...originOf(right)]);
  }
  return pieces.map(originOf);
}

/** Where spaces are part of pieces, a word may be a whole sentence: pieces then keep within bounds of their own. */
function ruleFor(vocabulary: readonly string[]): (piece: string) => boolean {
  return vocabulary.some((piece) => piece.startsWith("\u2581")) ? pieceRule({}) : () => true;
}

/** Collects the tokens of a word. */
class WordTokens implements TokenSink {
  count = 0;
  readonly ids: number[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  push(id: number, start: number, end: number): void {
    this.ids[this.count] = id;
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
  }
}

/**
 * Cuts words, and tells of each token whether it spells what it stands for, as unknown tokens and bytes do not; what
 * the model leaves out has the id -1.
 */
function wordCutter(
  model: Model,
  growth: Growth,
): (word: string, visit: (id: number, start: number, end: number, spells: boolean) => void) => void {
  const tokens = new WordTokens();
  return (word, visit) => {
    tokens.count = 0;
    model.tokenize(word, 0, word.length, tokens);
    let done = 0;
    for (let i = 0; i < tokens.count; i++) {
      const [id, start, end] = [tokens.ids[i]!, tokens.starts[i]!, tokens.ends[i]!];
      if (start > done) visit(-1, done, start, false); // left out
      const piece = model.vocabulary[id];
      const spells =
        piece !== model.unknownToken &&
        piece === marked(word.slice(start, end), start === 0, end === word.length, growth);
      visit(id, start, end, spells);
      done = end;
    }
    if (done < word.length) visit(-1, done, word.length, false);
  };
}

/** How a part of a word is written as a piece. */
function marked(
  part: string,
  isFirst: boolean,
  isLast: boolean,
  { continuingPrefix, endOfWordSuffix }: Pick<Growth, "continuingPrefix" | "endOfWordSuffix">,
): string {
  return (isFirst ? "" : continuingPrefix) + part + (isLast ? endOfWordSuffix : "");
}

/** The characters, as pieces, for which the model has none, the most frequent first. */
function unspeltCharacters(words: WordCounts, model: Model, growth: Growth, minFrequency: number): string[] {
  const counts = new Map<string, number>();
  const cut = wordCutter(model, growth);
  words.forEach((word, count) => {
    let done = 0; // of the bytes of a character each stands for all of it
    cut(word, (_, start, end, spells) => {
      for (let at = Math.max(start, done); at < end; ) {
        const codePoint = word.codePointAt(at)!;
        const character = String.fromCodePoint(codePoint);
        const next = at + character.length;
        const piece = marked(character, at === 0, next === word.length, growth);
        const isHalf = codePoint >= 0xd800 && codePoint < 0xe000; // no file could hold it
        const isLacking = !spells && !isHalf && model.tokenToId(piece) === undefined;
        if (isLacking) counts.set(piece, (counts.get(piece) ?? 0) + count);
        at = next;
      }
      done = end;
    });
  });
  return [...counts]
    .filter(([, count]) => count >= minFrequency)
    .sort(([a, one], [b, other]) => other - one || compareCodePoints(a, b))
    .map(([piece]) => piece);
}

/** Words as the pieces that the model cuts them into, parted where no piece spells what stands there. */
function spellWithPieces(words: WordCounts, model: Model, growth: Growth, symbolLimit: number): SpelledWords {
  let symbols = new Uint32Array(1024);
  let length = 0;
  const starts = [0];
  const counts: number[] = [];
  const symbolCounts = new Float64Array(symbolLimit);
  const cut = wordCutter(model, growth);
  words.forEach((word, count) => {
    let start = length;
    const endPart = (): void => {
      if (length - start < 2)
        length = start; // nothing to merge
      else {
        starts.push(length);
        counts.push(count);
      }
      start = length;
    };
    cut(word, (id, _, __, spells) => {
      if (!spells) return endPart();
      if (length === symbols.length) symbols = enlarged(symbols, Uint32Array);
      symbols[length++] = id;
      symbolCounts[id]! += count;
    });
    endPart();
  });
  return {
    symbols: symbols.subarray(0, length),
    none: 2 ** 32 - 1,
    starts: Uint32Array.from(starts),
    counts: Float64Array.from(counts),
    symbolCounts,
  };
}
