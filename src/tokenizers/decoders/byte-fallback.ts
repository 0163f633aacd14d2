import { byteOfPiece } from "../models/byte-pieces.js";
import type { Decoder } from "./decoder.js";

/** Joins tokens that stand for bytes, `<0xE3>` and so on, to the text of the bytes; each is `�` if it is none. */
export function byteFallbackDecoder(): Decoder {
  return {
    decode(tokens) {
      const strings: string[] = [];
      let bytes: number[] = [];
      const flush = (): void => {
        strings.push(...textOf(bytes));
        bytes = [];
      };
      for (const token of tokens) {
        const byte = byteOfPiece(token);
        if (byte !== undefined) {
          bytes.push(byte);
          continue;
        }
        flush();
        strings.push(token);
      }
      flush();
      return strings;
    },
    toJson: () => ({ type: "ByteFallback" }),
  };
}

/** The step from its JSON. */
export function readByteFallbackDecoder(): Decoder {
  return byteFallbackDecoder();
}

function textOf(bytes: readonly number[]): string[] {
  if (bytes.length === 0) return [];
  try {
    return [new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))];
  } catch {
    return bytes.map(() => "\ufffd");
  }
}
