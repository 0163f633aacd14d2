import { byteOfPiece } from "../models/byte-pieces.js";
import type { PieceTable } from "./piece-table.js";
import { spaceSymbol } from "./space-symbol.js";

/** What decoding needs to know beside the pieces. */
export interface DecodeOptions {
  /** What the unknown piece is written as. */
  readonly unknownSurface: string;
  /** Whether a space before the text is the normaliser's own, which is then left out. */
  readonly dropsFirstSpace: boolean;
  /** Whether the normaliser leaves no space at the start of a text. */
  readonly dropsFirstSpaces: boolean;
}

/**
 * The strings that pieces stand for, joined the text. Control pieces are nothing; bytes are put together to
 * characters, U+FFFD where they make none; strings that are no pieces stand for themselves.
 */
export function decodePieces(tokens: readonly string[], table: PieceTable, options: DecodeOptions): string[] {
  const strings: string[] = [];
  let atStart = true;
  let sawFirstSpace = false;
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    strings.push(decodeBytes(Uint8Array.from(bytes)));
    bytes = [];
    atStart = false;
  };
  for (const token of tokens) {
    const id = table.idOf(token);
    const type = table.pieces[id] === token ? table.types[id]! : "normal";
    if (type === "byte") {
      bytes.push(byteOfPiece(token)!);
      continue;
    }
    flush();
    if (sawFirstSpace) atStart = false;
    if (type === "control") continue;
    let text = type === "unknown" ? options.unknownSurface : token;
    sawFirstSpace = false;
    if (type !== "unknown" && atStart && options.dropsFirstSpace && text.startsWith(spaceSymbol)) {
      text = text.slice(1);
      sawFirstSpace = !options.dropsFirstSpaces;
    }
    if (text !== "") atStart = false;
    strings.push(type === "unknown" ? text : text.replaceAll(spaceSymbol, " "));
  }
  flush();
  return strings;
}

/** Bytes as UTF-8, each byte that is part of no character as U+FFFD. */
function decodeBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    text +=
      length === 0
        ? "\ufffd"
        : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(at, at + length));
    at += Math.max(1, length);
  }
  return text;
}

/** How many bytes the character has that begins at `at`; 0 where none does. */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(at, at + length));
    return at + length <= bytes.length ? length : 0;
  } catch {
    return 0;
  }
}
