import type { JsonObject } from "../../base/index.js";
import { byteOfChar } from "../byte-alphabet.js";
import { booleanField } from "../step-fields.js";
import type { Decoder } from "./decoder.js";

/** What a byte-level decoder's file says and the decoder makes no use of. */
export interface ByteLevelDecoderOptions {
  addPrefixSpace?: boolean;
  trimOffsets?: boolean;
  useRegex?: boolean;
}

/**
 * Turns the characters that stand for bytes back into the text of the bytes; bytes that are no UTF-8 become
 * U+FFFD. A token with other characters is taken as the text it is.
 */
export function byteLevelDecoder(options: ByteLevelDecoderOptions = {}): Decoder {
  const { addPrefixSpace = true, trimOffsets = true, useRegex = true } = options;
  return {
    decode(tokens) {
      const bytes: number[] = [];
      for (const token of tokens) {
        const from = bytes.length;
        for (let i = 0; i < token.length; i++) {
          const byte = byteOfChar(token.charCodeAt(i));
          if (byte < 0) {
            bytes.length = from;
            for (const each of new TextEncoder().encode(token)) bytes.push(each);
            break;
          }
          bytes.push(byte);
        }
      }
      return [new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes))];
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
export function readByteLevelDecoder(json: JsonObject, place: string): Decoder {
  return byteLevelDecoder({
    addPrefixSpace: booleanField(json, "add_prefix_space", place, true),
    trimOffsets: booleanField(json, "trim_offsets", place, true),
    useRegex: booleanField(json, "use_regex", place, true),
  });
}
