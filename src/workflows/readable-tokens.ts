import { byteCharCodes, byteOfChar } from "../tokenizers/byte-alphabet.js";
import type { Tokenizer } from "../tokenizers/index.js";

/**
 * How the tokens of a tokenizer are shown to people. Those of byte-level tokenizers are written in characters that stand
 * for bytes: `åĲ¾` is 吾, and `åĲ`, a part of it, is shown as `<E5><90>`. A space stays `Ġ`, for it must be seen.
 */
export function readableTokens(tokenizer: Tokenizer): (token: string) => string {
  const { tokens } = tokenizer.encode("é", { specialTokens: false });
  return tokens.join("").endsWith("Ã©") ? readableBytes : (token) => token;
}

function readableBytes(token: string): string {
  const bytes = Uint8Array.from(token, (character) => byteOfChar(character.charCodeAt(0)));
  if ([...token].some((character) => byteOfChar(character.charCodeAt(0)) < 0)) return token;
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    if (character === undefined) {
      text += `<${bytes[at]!.toString(16).toUpperCase().padStart(2, "0")}>`;
      at++;
    } else {
      // what cannot be seen is left as the character that stands for it
      text +=
        bytes[at]! <= 0x20 || bytes[at] === 0x7f
          ? String.fromCharCode(byteCharCodes[bytes[at]!]!)
          : character;
      at += new TextEncoder().encode(character).length;
    }
  }
  return text;
}

/** The character whose UTF-8 begins at a place, if there is a whole one. */
function characterAt(bytes: Uint8Array, at: number): string | undefined {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        bytes.subarray(at, at + length),
      );
    } catch {
      // a longer stretch may be one
    }
  }
  return undefined;
}
