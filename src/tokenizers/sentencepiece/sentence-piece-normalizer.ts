import type { JsonObject } from "../../base/index.js";
import { type AlignedText, rawEnd, rawStart } from "../aligned-text.js";
import type { Normalizer } from "../normalizers/normalizer.js";
import { Trie } from "../trie.js";
import { unitsOf } from "../unicode-classes.js";
import type { CharacterMap } from "./character-map.js";
import { spaceSymbol } from "./space-symbol.js";

/** What SentencePiece's normaliser does, by the names of its settings. */
export interface SentencePieceNormalizerOptions {
  /** The rewriting rules; without them text is left as it is. */
  characterMap?: CharacterMap | undefined;
  /** Write a space before the text. Default true. */
  addDummyPrefix?: boolean;
  /** Drop spaces at the ends and all but the first of several. Default true. */
  removeExtraWhitespaces?: boolean;
  /** Write spaces as `▁`. Default true. */
  escapeWhitespaces?: boolean;
  /** Write the dummy space behind the text instead. Default false. */
  whitespaceAsSuffix?: boolean;
  /** Stretches of text that no rule may change. */
  userDefinedSymbols?: readonly string[];
}

/**
 * The normaliser of a .model file. Each character stands for the raw text from where its source begins to
 * where the next one's begins, so that spaces that were dropped belong to the space that was kept.
 */
export function sentencePieceNormalizer(
  options: SentencePieceNormalizerOptions,
  json: () => JsonObject,
): Normalizer {
  const { characterMap, addDummyPrefix = true, removeExtraWhitespaces = true } = options;
  const { escapeWhitespaces = true, whitespaceAsSuffix = false, userDefinedSymbols = [] } = options;
  const space = escapeWhitespaces ? spaceSymbol : " ";
  const symbols = new Trie();
  userDefinedSymbols.forEach((symbol, index) => {
    symbols.add(symbol, index);
  });

  /** What the next stretch of text becomes; it ends at `end`. */
  let end = 0;
  const next = (text: string, at: number): string => {
    if (userDefinedSymbols.length > 0 && symbols.longest(text, at, text.length, 0) >= 0) {
      end = symbols.matchEnd;
      return text.slice(at, end);
    }
    const replacement = characterMap?.longest(text, at, text.length);
    if (replacement !== undefined) {
      end = characterMap!.matchEnd;
      return replacement;
    }
    const codePoint = text.codePointAt(at)!;
    end = at + unitsOf(codePoint);
    return (codePoint & 0xfffff800) === 0xd800 ? "\ufffd" : text.slice(at, end);
  };

  return {
    normalize(source) {
      const { text } = source;
      let at = 0;
      if (removeExtraWhitespaces) {
        while (at < text.length && next(text, at) === " ") at = end;
      }
      if (at === text.length) return { text: "", starts: undefined, ends: undefined, offset: source.offset };
      const out = new Written(text.length + 2);
      if (addDummyPrefix && !whitespaceAsSuffix) out.write(space, at);
      let afterSpace = removeExtraWhitespaces;
      for (; at < text.length; at = end) {
        const plainEnd = userDefinedSymbols.length > 0 ? at : endOfPlain(text, at, characterMap);
        if (plainEnd > at) {
          out.copy(text, at, plainEnd);
          end = plainEnd;
          afterSpace = false;
          continue;
        }
        let written = next(text, at);
        if (afterSpace) written = written.replace(/^ +/, "");
        if (written === "") continue;
        afterSpace = removeExtraWhitespaces && written.endsWith(" ");
        out.write(escapeWhitespaces ? written.replaceAll(" ", spaceSymbol) : written, at);
      }
      if (removeExtraWhitespaces) at = out.trimEnd(space, at);
      if (addDummyPrefix && whitespaceAsSuffix) out.write(space, at);
      return out.aligned(source, at);
    },
    toJson: json,
  };
}

/** Where the characters end from `at` on that no rule and no space rule changes. */
function endOfPlain(text: string, at: number, characterMap: CharacterMap | undefined): number {
  let end = at;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit === 0x20 || (unit & 0xf800) === 0xd800) break;
    if (characterMap !== undefined && !characterMap.isPlain(unit)) break;
  }
  return end;
}

/** Normalised text with the place in the source where each unit's source begins. */
class Written {
  #text = "";
  #starts: Int32Array;

  constructor(size: number) {
    this.#starts = new Int32Array(size);
  }

  write(text: string, start: number): void {
    const from = this.#text.length;
    this.#text += text;
    if (this.#text.length > this.#starts.length) {
      const larger = new Int32Array(this.#text.length * 2);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts.fill(start, from, this.#text.length);
  }

  /** Take over a stretch of the source as it stands, of characters of one unit. */
  copy(source: string, start: number, end: number): void {
    const from = this.#text.length;
    this.write(source.slice(start, end), start);
    for (let i = start + 1; i < end; i++) this.#starts[from + i - start] = i;
  }

  /** Drop spaces at the end. Returns where the text that is left ends in the source. */
  trimEnd(space: string, end: number): number {
    let length = this.#text.length;
    while (length > 0 && this.#text[length - 1] === space) length--;
    if (length === this.#text.length) return end;
    this.#text = this.#text.slice(0, length);
    return this.#starts[length]!;
  }

  aligned(source: AlignedText, end: number): AlignedText {
    const length = this.#text.length;
    const position = (at: number): number =>
      at < source.text.length ? rawStart(source, at) : rawEnd(source, source.text.length - 1);
    const starts = new Int32Array(length);
    const ends = new Int32Array(length);
    let following = position(end);
    for (let i = length; i > 0; ) {
      const low = this.#text.charCodeAt(i - 1);
      const units = (low & 0xfc00) === 0xdc00 ? 2 : 1;
      const start = position(this.#starts[i - units]!);
      for (let k = i - units; k < i; k++) {
        starts[k] = start;
        ends[k] = following;
      }
      following = start;
      i -= units;
    }
    return { text: this.#text, starts, ends, offset: 0 };
  }
}
