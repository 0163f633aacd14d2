/**
 * GPT-2 writes bytes as characters that can be seen: those of Latin-1 that can stand for themselves, the
 * other 68 from U+0100 on. A space is `Ġ`, a line feed `Ċ`.
 */
const charCodes = new Uint16Array(256);
/** The byte that each of these characters stands for; -1 for other characters. */
const bytesOfChars = new Int16Array(0x180).fill(-1);

let next = 0x100;
for (let byte = 0; byte < 256; byte++) {
  const stands = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  charCodes[byte] = stands ? byte : next++;
  bytesOfChars[charCodes[byte]!] = byte;
}

/** The code of the character that stands for each byte. */
export const byteCharCodes: Uint16Array = charCodes;

/** The byte that a UTF-16 unit stands for, or -1. */
export function byteOfChar(unit: number): number {
  return unit < bytesOfChars.length ? bytesOfChars[unit]! : -1;
}

/** The 256 characters that stand for bytes, in the order of their codes. */
export function byteAlphabet(): string[] {
  return [...charCodes].sort((a, b) => a - b).map((code) => String.fromCharCode(code));
}
