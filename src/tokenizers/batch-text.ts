import type { EncodeWordsOptions, Encoding } from "./encoding.js";
import type { Tokenizer } from "./tokenizer.js";

/** A text, or two that are encoded together. */
export type BatchText = string | readonly [text: string, pair: string];

/** Some texts of a batch, as they go to a thread. */
export interface EncodeJob {
  readonly texts: readonly BatchText[];
  readonly options: EncodeWordsOptions;
}

/** Encode texts one after the other. */
export function encodeTexts(
  tokenizer: Tokenizer,
  texts: readonly BatchText[],
  options: EncodeWordsOptions,
): Encoding[] {
  return texts.map((one) =>
    typeof one === "string"
      ? tokenizer.encode(one, options)
      : tokenizer.encode(one[0], { ...options, pair: one[1] }),
  );
}
