import type { JsonObject } from "../../base/index.js";
import { booleanField } from "../step-fields.js";
import { type PostProcessor, plainPostProcessor } from "./post-processor.js";
import { trimSpans } from "./trim-spans.js";

/** What a byte-level post-processor trims. */
export interface ByteLevelProcessingOptions {
  /** Leave white space out of the spans. Default true. */
  trimOffsets?: boolean;
  /** Whether the pre-tokenizer puts a space before the text. Default true. */
  addPrefixSpace?: boolean;
  /** Written to the file only. Default true. */
  useRegex?: boolean;
}

/** Puts nothing around the texts, but leaves the white space of byte-level tokens out of their spans. */
export function byteLevelProcessing(options: ByteLevelProcessingOptions = {}): PostProcessor {
  const { trimOffsets = true, addPrefixSpace = true, useRegex = true } = options;
  return {
    ...plainPostProcessor,
    ...(trimOffsets ? { adjust: (spans) => trimSpans(spans, addPrefixSpace) } : {}),
    toJson: () => ({
      type: "ByteLevel",
      add_prefix_space: addPrefixSpace,
      trim_offsets: trimOffsets,
      use_regex: useRegex,
    }),
  };
}

/** The step from its JSON. */
export function readByteLevelProcessing(json: JsonObject, place: string): PostProcessor {
  return byteLevelProcessing({
    addPrefixSpace: booleanField(json, "add_prefix_space", place, true),
    trimOffsets: booleanField(json, "trim_offsets", place, true),
    useRegex: booleanField(json, "use_regex", place, true),
  });
}
