import { DataError } from "../base/index.js";
import type { EncodeOptions, Encoding, Tokenizer } from "../tokenizers/index.js";
import type { EncodeSettings } from "./task.js";

/**
 * Encode one text or pair under the settings' rule for what does not fit: `error` refuses, `truncate` cuts the
 * longer text, `stride` gives several windows. `place` names the example in the error.
 */
export function encodeWithin(
  tokenizer: Tokenizer,
  text: string,
  pair: string | undefined,
  { maxLength, overflow, stride }: EncodeSettings,
  place: string,
): readonly Encoding[] {
  const options: EncodeOptions = { maxLength, ...(pair === undefined ? {} : { pair }) };
  if (overflow === "stride") {
    const encoding = tokenizer.encode(text, {
      ...options,
      truncation: pair === undefined ? "only-first" : "only-second",
      stride,
    });
    return [encoding, ...encoding.overflow];
  }
  const encoding = tokenizer.encode(text, options);
  if (overflow === "error" && encoding.truncatedCount > 0)
    throw tooLong(place, maxLength, encoding.truncatedCount);
  return [encoding];
}

/** The error for a text that does not fit where nothing may be lost. */
export function tooLong(place: string, maxLength: number, lost: number): DataError {
  return new DataError(`${place}: expected at most ${maxLength} tokens, got ${maxLength + lost}`, {
    hint: "raise --max-length, or say --on-overflow truncate (or stride) to go on",
  });
}
