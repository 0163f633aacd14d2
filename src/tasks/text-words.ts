import type { Encoding } from "../tokenizers/index.js";

/** The words of an example: where each stands in its text and which token begins it. */
export interface Words {
  readonly starts: Int32Array; // [words], string indices
  readonly ends: Int32Array;
  /** The token that begins each word, counted from the text's first token; -1 for a word without tokens. */
  readonly firstTokens: Int32Array;
}

/**
 * The words of a raw text, from the encoding of all of it: the tokenizer's own words, cut at tokens where the script
 * changes between kanji, hiragana, katakana and all others. So `ソニーが` is `ソニー` and `が` for a tokenizer that
 * knows no Japanese words, while a language that writes spaces keeps its words whole.
 */
export function wordsOfText(text: string, encoding: Encoding): Words {
  const starts: number[] = [];
  const ends: number[] = [];
  const firstTokens: number[] = [];
  let word = -1;
  let script = "";
  const first = bodyStart(encoding);
  for (let i = first; i < encoding.ids.length && encoding.sequenceIds[i] === 0; i++) {
    const [start, end] = [encoding.starts[i]!, encoding.ends[i]!];
    const here = scriptOf(text.slice(start, end)) ?? script;
    if (encoding.wordIds[i] === word && here === script) {
      ends[ends.length - 1] = Math.max(ends.at(-1)!, end);
    } else {
      starts.push(start);
      ends.push(end);
      firstTokens.push(i - first);
    }
    word = encoding.wordIds[i]!;
    script = here;
  }
  return {
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    firstTokens: Int32Array.from(firstTokens),
  };
}

/** The words that were given, from their encoding: `starts` and `ends` count words. */
export function wordsAsGiven(count: number, encoding: Encoding): Words {
  const firstTokens = new Int32Array(count).fill(-1);
  const first = bodyStart(encoding);
  for (let i = encoding.ids.length - 1; i >= first; i--)
    if (encoding.wordIds[i]! >= 0) firstTokens[encoding.wordIds[i]!] = i - first;
  return {
    starts: Int32Array.from({ length: count }, (_, i) => i),
    ends: Int32Array.from({ length: count }, (_, i) => i + 1),
    firstTokens,
  };
}

/** The place of the first token of the (first) text in an encoding; its length where there is none. */
export function bodyStart(encoding: Encoding): number {
  const found = encoding.sequenceIds.indexOf(0);
  return found < 0 ? encoding.ids.length : found;
}

/** Words as one text: a space between them, but not between characters of Chinese and Japanese writing. */
export function joinWords(words: readonly string[]): string {
  return words.reduce((text, word) => {
    const apart = text !== "" && !(unspaced.test(text.slice(-2)) && unspaced.test(word.slice(0, 2)));
    return `${text}${apart ? " " : ""}${word}`;
  }, "");
}

const scripts = {
  Han: /^\p{Script=Han}/u,
  Hiragana: /^\p{Script=Hiragana}/u,
  Katakana: /^\p{Script=Katakana}/u,
};
const neutral = /^[\p{Script=Common}\p{Script=Inherited}]*/u; // among them the prolonged sound mark and digits
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u30ff\uff00-\uffef]/u;

/** The script of the first character that has one; undefined where none has. */
function scriptOf(text: string): string | undefined {
  const rest = text.replace(neutral, "");
  if (rest === "") return undefined;
  return Object.entries(scripts).find(([, pattern]) => pattern.test(rest))?.[0] ?? "other";
}
