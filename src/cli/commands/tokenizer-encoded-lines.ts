import type { Tokenizer } from "../../tokenizers/index.js";
import { type EncodeTextsOptions, encodeText } from "../../workflows/encode-texts.js";
import type { TokenizerSource } from "../../workflows/open-tokenizer.js";
import { readTextPart, type TextOptions, type TextPart } from "../../workflows/text-inputs.js";
import { visibleText } from "../terminal/index.js";

/** What a thread that encodes lines is started with. */
export interface EncodedLinesStart {
  readonly options: TokenizerSource & EncodeTextsOptions & TextOptions;
  readonly json: boolean;
}

/** Write the lines that `tsugiki tokenizer encode` prints for texts; where one cannot be read, those before it. */
export function writeEncodedLines(
  tokenizer: Tokenizer,
  part: TextPart,
  { options, json }: EncodedLinesStart,
  write: (lines: string) => void,
): void {
  let lines = "";
  try {
    for (const text of readTextPart(part, options)) {
      const encoded = encodeText(tokenizer, text, options);
      lines += json ? JSON.stringify(encoded) : encoded.tokens.map(visibleText).join(" ");
      lines += "\n";
    }
  } finally {
    write(lines);
  }
}
