import { FileError, type JsonObject } from "../../base/index.js";
import { AlignedTextBuilder } from "../aligned-text.js";
import { CharacterMap } from "../sentencepiece/character-map.js";
import { stringField } from "../step-fields.js";
import { unitsOf } from "../unicode-classes.js";
import type { Normalizer } from "./normalizer.js";

/**
 * SentencePiece's precompiled rules as the `tokenizers` library applies them: to each character as a user sees
 * it (a letter with its marks) of less than 6 bytes as a whole, else to each code point; of several rules that
 * fit the shortest counts. Checkpoints were trained with this, though SentencePiece itself takes the longest.
 */
export function precompiled(map: CharacterMap): Normalizer {
  return {
    normalize(source) {
      const { text } = source;
      let builder: AlignedTextBuilder | undefined;
      let kept = 0;
      const rewrite = (from: number, to: number): boolean => {
        const written = map.shortest(text, from, to);
        if (written === undefined) return false;
        builder ??= new AlignedTextBuilder(source);
        builder.keep(kept, from);
        kept = to;
        // The nth character written stands for the nth one replaced, further ones for the last of these.
        let at = from;
        for (const character of written) {
          const next = at + unitsOf(text.codePointAt(at)!);
          builder.replace(character, at, next);
          if (next < to) at = next;
        }
        return true;
      };
      const rewriteEach = (from: number, to: number): void => {
        for (let i = from; i < to; ) {
          const next = i + unitsOf(text.codePointAt(i)!);
          if (!map.isPlain(text.charCodeAt(i))) rewrite(i, next);
          i = next;
        }
      };
      if (!mayJoin.test(text)) rewriteEach(0, text.length);
      else {
        for (const { index, segment } of segmenter().segment(text)) {
          const end = index + segment.length;
          if (byteLength(segment) >= clusterBytes || !rewrite(index, end)) rewriteEach(index, end);
        }
      }
      if (builder === undefined) return source;
      builder.keep(kept, text.length);
      return builder.build();
    },
    toJson: () => ({ type: "Precompiled", precompiled_charsmap: toBase64(map.bytes) }),
  };
}

/** The step from its JSON. */
export function readPrecompiled(json: JsonObject, place: string): Normalizer {
  const text = stringField(json, "precompiled_charsmap", place);
  return precompiled(new CharacterMap(fromBase64(text, place), place));
}

/** A cluster of this many bytes is never looked up whole. */
const clusterBytes = 6;

/** Whether characters may stand together as one; where none do, cutting text into clusters is not needed. */
const mayJoin =
  /[\p{M}\p{Cf}\p{RI}\p{Emoji_Modifier}\u0d4e\u0e33\u0eb3\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uff9e\uff9f]|\r\n/u;

let clusters: Intl.Segmenter | undefined;

function segmenter(): Intl.Segmenter {
  clusters ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return clusters;
}

function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0)!;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  // In parts, as a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(text);
}

function fromBase64(text: string, place: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (error) {
    throw new FileError(place, 'expected "precompiled_charsmap" to be base64', { cause: error });
  }
}
