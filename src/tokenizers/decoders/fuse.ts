import type { Decoder } from "./decoder.js";

/** Joins all tokens, so that the steps behind it see one text. */
export function fuseDecoder(): Decoder {
  return {
    decode: (tokens) => [tokens.join("")],
    toJson: () => ({ type: "Fuse" }),
  };
}

/** The step from its JSON. */
export function readFuseDecoder(): Decoder {
  return fuseDecoder();
}
