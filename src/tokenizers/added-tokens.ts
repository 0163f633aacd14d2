import { Trie } from "./trie.js";
import { characterStart, classesOf, space } from "./unicode-classes.js";

/** A token that is found in the text itself, before the text is cut into words. */
export interface AddedToken {
  readonly content: string;
  readonly id: number;
  /** Left out of decoded text where that is asked for. */
  readonly special: boolean;
  /** Found only where no word character stands next to it. */
  readonly singleWord: boolean;
  /** Takes the white space to its left or right with it. */
  readonly stripLeft: boolean;
  readonly stripRight: boolean;
  /** Looked for in the normalised text, in its own normal form; else in the raw text. */
  readonly normalized: boolean;
}

/** A stretch of text: an added token, or what stands between two. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly token: AddedToken | undefined;
}

/** Finds added tokens in a text. */
export interface AddedTokenFinder {
  /**
   * Stretches that cover the text, none empty. Of tokens that overlap the leftmost counts, then the longest.
   */
  find(text: string): Stretch[];
}

/** A finder for tokens in the spelling that `spell` gives them. */
export function addedTokenFinder(
  tokens: readonly AddedToken[],
  spell: (token: AddedToken) => string,
): AddedTokenFinder {
  const trie = new Trie();
  const firstUnits = new Uint8Array(0x10000);
  tokens.forEach((token, index) => {
    const spelling = spell(token);
    if (spelling === "") return;
    trie.add(spelling, index);
    firstUnits[spelling.charCodeAt(0)] = 1;
  });

  return {
    find(text) {
      const stretches: Stretch[] = [];
      let done = 0;
      for (let i = 0; i < text.length; ) {
        const index = firstUnits[text.charCodeAt(i)] === 1 ? trie.longest(text, i, text.length, 0) : -1;
        if (index < 0) {
          i++;
          continue;
        }
        const token = tokens[index]!;
        let start = i;
        let end = trie.matchEnd;
        i = end;
        if (start < done || (token.singleWord && !standsAlone(text, start, end))) continue;
        if (token.stripLeft) while (start > done && isSpace(text, start - 1)) start--;
        if (token.stripRight) while (end < text.length && isSpace(text, end)) end++;
        if (start > done) stretches.push({ start: done, end: start, token: undefined });
        stretches.push({ start, end, token });
        done = end;
      }
      if (done < text.length) stretches.push({ start: done, end: text.length, token: undefined });
      return stretches;
    },
  };
}

function isSpace(text: string, index: number): boolean {
  return (classesOf(text.charCodeAt(index)) & space) !== 0;
}

function standsAlone(text: string, start: number, end: number): boolean {
  const before = start === 0 ? undefined : text.codePointAt(characterStart(text, start));
  const after = end === text.length ? undefined : text.codePointAt(end);
  return !isWordCharacter(before) && !isWordCharacter(after);
}

/** What `\w` is to the engine that matches added tokens, which follows Unicode's UTS 18. */
function isWordCharacter(codePoint: number | undefined): boolean {
  if (codePoint === undefined) return false;
  return /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u.test(String.fromCodePoint(codePoint));
}
