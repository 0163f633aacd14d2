import type { Encoding } from "../tokenizers/index.js";

/** What becomes of the words of a text. */
export interface WordTokens {
  readonly wordCount: number;
  /** Tokens that begin in some word. */
  readonly tokenCount: number;
  /** Words that are one token, and known. */
  readonly wholeCount: number;
}

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/**
 * How an encoding, without special tokens, divides the words of its text. Words are those of Unicode's rules, in
 * Japanese of a dictionary: the same for every tokenizer, so that these can be compared. Signs are no words.
 */
export function wordTokens(text: string, encoding: Encoding, unknownId: number | undefined): WordTokens {
  const { ids, starts, ends } = encoding;
  let [wordCount, tokenCount, wholeCount] = [0, 0, 0];
  let at = 0;
  /** Where a token's own text begins: the space before it may belong to its span. */
  const anchor = (i: number): number => {
    let start = starts[i]!;
    while (start < ends[i]! && /\s/.test(text[start]!)) start++;
    return start;
  };
  for (const { index, segment, isWordLike } of segmenter.segment(text)) {
    const end = index + segment.length;
    while (at < ids.length && anchor(at) < index) at++;
    const first = at;
    while (at < ids.length && anchor(at) < end) at++;
    if (isWordLike !== true) continue;
    wordCount++;
    tokenCount += at - first;
    const isOne = at - first === 1 && anchor(first) === index && ends[first] === end;
    if (isOne && ids[first] !== unknownId) wholeCount++;
  }
  return { wordCount, tokenCount, wholeCount };
}
