import type { JsonObject } from "../../base/index.js";
import { AlignedTextBuilder, rawStart, withText } from "../aligned-text.js";
import { booleanField, choiceField, stringField, wrongField } from "../step-fields.js";
import { unitsOf } from "../unicode-classes.js";
import type { PreTokenizer } from "./pre-tokenizer.js";

/** Where a space is written before the text: before every piece, the first of the raw text, or none. */
export type PrependScheme = "always" | "first" | "never";

/** How spaces are written. */
export interface MetaspaceOptions {
  /** The character that stands for a space. Default `▁`. */
  replacement?: string;
  /** Default `always`. */
  prependScheme?: PrependScheme;
  /** Cut before every space. Default true. */
  split?: boolean;
}

/**
 * Write spaces as a character that can be part of a token, and cut before each: `Hey friend` becomes `▁Hey`,
 * `▁friend`.
 */
export function metaspace(options: MetaspaceOptions = {}): PreTokenizer {
  const { replacement = "▁", prependScheme = "always", split = true } = options;
  return {
    split(pieces) {
      let { source, bounds } = pieces;
      if (source.text.includes(" ")) source = withText(source, source.text.replaceAll(" ", replacement));
      const wantsPrefix = (start: number): boolean =>
        prependScheme !== "never" &&
        !source.text.startsWith(replacement, start) &&
        (prependScheme === "always" || rawStart(source, start) === 0);
      if (bounds.some((start, k) => k % 2 === 0 && wantsPrefix(start))) {
        const builder = new AlignedTextBuilder(source);
        const moved: number[] = [];
        let length = 0;
        for (let k = 0; k < bounds.length; k += 2) {
          const [start, end] = [bounds[k]!, bounds[k + 1]!];
          moved.push(length);
          if (wantsPrefix(start)) {
            // As in the library, the space stands for the first character, which it is written to.
            builder.replace(replacement, start, start + unitsOf(source.text.codePointAt(start)!));
            length += replacement.length;
          }
          builder.keep(start, end);
          length += end - start;
          moved.push(length);
        }
        source = builder.build();
        bounds = moved;
      }
      return { source, bounds: split ? cutBefore(source.text, bounds, replacement) : bounds };
    },
    toJson: () => ({ type: "Metaspace", replacement, prepend_scheme: prependScheme, split }),
  };
}

/** The step from its JSON. */
export function readMetaspace(json: JsonObject, place: string): PreTokenizer {
  return metaspace({
    ...readMetaspaceSign(json, place),
    split: booleanField(json, "split", place, true),
  });
}

/** What the pre-tokenizer and the decoder of that name have in common. */
export function readMetaspaceSign(
  json: JsonObject,
  place: string,
): { replacement: string; prependScheme: PrependScheme } {
  const replacement = stringField(json, "replacement", place);
  if ([...replacement].length !== 1) throw wrongField(place, "replacement", "one character", replacement);
  const schemes = ["always", "first", "never"] as const;
  // Files of old versions say only whether there is a prefix.
  const absent = booleanField(json, "add_prefix_space", place, true) ? "always" : "never";
  return { replacement, prependScheme: choiceField(json, "prepend_scheme", schemes, place, absent) };
}

function cutBefore(text: string, bounds: readonly number[], replacement: string): number[] {
  const cut: number[] = [];
  for (let k = 0; k < bounds.length; k += 2) {
    const end = bounds[k + 1]!;
    let start = bounds[k]!;
    let at = text.indexOf(replacement, start + 1);
    for (; at >= 0 && at < end; at = text.indexOf(replacement, at + 1)) {
      cut.push(start, at);
      start = at;
    }
    cut.push(start, end);
  }
  return cut;
}
