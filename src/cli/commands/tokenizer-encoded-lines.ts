import type { Tokenizer } from "../../tokenizers/index.js";
import { type EncodeTextsOptions, encodeText } from "../../workflows/encode-texts.js";
import type { TokenizerSource } from "../../workflows/open-tokenizer.js";
import type { TextInput } from "../../workflows/text-inputs.js";
import { visibleText } from "../terminal/index.js";

/** What a thread that encodes lines is started with. */
export interface EncodedLinesStart {
  readonly options: TokenizerSource & EncodeTextsOptions;
  readonly json: boolean;
}

/** The lines that `tsugiki tokenizer encode` prints for texts. */
export function encodedLines(
  tokenizer: Tokenizer,
  texts: readonly TextInput[],
  { options, json }: EncodedLinesStart,
): string {
  let lines = "";
  for (const text of texts) {
    const encoded = encodeText(tokenizer, text, options);
    lines += json ? JSON.stringify(encoded) : encoded.tokens.map(visibleText).join(" ");
    lines += "\n";
  }
  return lines;
}
