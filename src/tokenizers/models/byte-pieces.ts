const encoder = new TextEncoder();

/** The piece that stands for a byte: `bytePiece(10)` is `<0x0A>`. */
export function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

/** The byte that a piece stands for, or undefined. */
export function byteOfPiece(piece: string): number | undefined {
  const digits = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** The id of each byte's piece, as `idOf` gives it. */
export function bytePieceIds(idOf: (piece: string) => number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => idOf(bytePiece(byte)));
}

/** The bytes of a text in UTF-8; half a surrogate pair is written as U+FFFD. */
export function utf8Bytes(text: string): number[] {
  return [...encoder.encode(text)];
}
