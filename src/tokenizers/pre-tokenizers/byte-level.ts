import type { JsonObject } from "../../base/index.js";
import { AlignedTextBuilder, rawEnd, rawStart } from "../aligned-text.js";
import { bytePieces } from "../byte-text.js";
import { booleanField } from "../step-fields.js";
import { unitsOf } from "../unicode-classes.js";
import { cutGpt2Words } from "./gpt2-words.js";
import type { Pieces, PreTokenizer } from "./pre-tokenizer.js";

/** How a byte-level pre-tokenizer cuts. */
export interface ByteLevelOptions {
  /** Begin every piece with a space, so that a first word is like any other. Default true. */
  addPrefixSpace?: boolean;
  /** Cut into words as GPT-2 does. Default true. */
  useRegex?: boolean;
  /** Written to the file only: spans are trimmed by the post-processor. Default true. */
  trimOffsets?: boolean;
}

/** Cut into words as GPT-2 does, and write each byte of their UTF-8 as a character that can be seen. */
export function byteLevel(options: ByteLevelOptions = {}): PreTokenizer {
  const { addPrefixSpace = true, useRegex = true, trimOffsets = true } = options;
  return {
    split(pieces) {
      const { source, bounds } = addPrefixSpace ? withPrefixSpaces(pieces) : pieces;
      if (!useRegex) return bytePieces({ source, bounds });
      const cut: number[] = [];
      for (let k = 0; k < bounds.length; k += 2) cutGpt2Words(source.text, bounds[k]!, bounds[k + 1]!, cut);
      return bytePieces({ source, bounds: cut });
    },
    toJson: () => ({
      type: "ByteLevel",
      add_prefix_space: addPrefixSpace,
      trim_offsets: trimOffsets,
      use_regex: useRegex,
    }),
  };
}

/** The step from its JSON. */
export function readByteLevel(json: JsonObject, place: string): PreTokenizer {
  return byteLevel({
    addPrefixSpace: booleanField(json, "add_prefix_space", place),
    trimOffsets: booleanField(json, "trim_offsets", place, true),
    useRegex: booleanField(json, "use_regex", place, true),
  });
}

/** The pieces, each with a space before it unless it begins with one. The space stands for what it precedes. */
function withPrefixSpaces(pieces: Pieces): Pieces {
  const { source, bounds } = pieces;
  const { text } = source;
  const builder = new AlignedTextBuilder(source);
  const moved: number[] = [];
  let length = 0;
  for (let k = 0; k < bounds.length; k += 2) {
    const [start, end] = [bounds[k]!, bounds[k + 1]!];
    moved.push(length);
    if (text[start] !== " ") {
      const first = start + unitsOf(text.codePointAt(start)!);
      builder.put(" ", rawStart(source, start), rawEnd(source, Math.min(first, end) - 1));
      length++;
    }
    builder.keep(start, end);
    length += end - start;
    moved.push(length);
  }
  return { source: builder.build(), bounds: moved };
}
