// Words are kept as UTF-8, in which single surrogates are written as the three bytes they would be: whatever
// string came, the same one is read back.

/** Write units `start` to `end` of a text as bytes, three a unit at most. Returns how many bytes there are. */
export function bytesOfText(text: string, start: number, end: number, out: Uint8Array): number {
  let length = 0;
  for (let i = start; i < end; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      out[length++] = code;
      continue;
    }
    if (code < 0x800) {
      out[length++] = 0xc0 | (code >> 6);
      out[length++] = 0x80 | (code & 0x3f);
      continue;
    }
    if ((code & 0xfc00) === 0xd800 && i + 1 < end) {
      const second = text.charCodeAt(i + 1);
      if ((second & 0xfc00) === 0xdc00) {
        i++;
        code = 0x10000 + ((code & 0x3ff) << 10) + (second & 0x3ff);
        out[length++] = 0xf0 | (code >> 18);
        out[length++] = 0x80 | ((code >> 12) & 0x3f);
        out[length++] = 0x80 | ((code >> 6) & 0x3f);
        out[length++] = 0x80 | (code & 0x3f);
        continue;
      }
    }
    out[length++] = 0xe0 | (code >> 12);
    out[length++] = 0x80 | ((code >> 6) & 0x3f);
    out[length++] = 0x80 | (code & 0x3f);
  }
  return length;
}

/** The text that `bytesOfText` wrote. */
export function textOfBytes(bytes: Uint8Array, start: number, end: number): string {
  if (units.length < end - start) units = new Uint16Array((end - start) * 2);
  let length = 0;
  for (let i = start; i < end; ) {
    const byte = bytes[i]!;
    if (byte < 0x80) {
      units[length++] = byte;
      i++;
    } else if (byte < 0xe0) {
      units[length++] = ((byte & 0x1f) << 6) | (bytes[i + 1]! & 0x3f);
      i += 2;
    } else if (byte < 0xf0) {
      units[length++] = ((byte & 0x0f) << 12) | ((bytes[i + 1]! & 0x3f) << 6) | (bytes[i + 2]! & 0x3f);
      i += 3;
    } else {
      const rest = ((bytes[i + 1]! & 0x3f) << 12) | ((bytes[i + 2]! & 0x3f) << 6) | (bytes[i + 3]! & 0x3f);
      const code = ((byte & 7) << 18) + rest - 0x10000;
      units[length++] = 0xd800 + (code >> 10);
      units[length++] = 0xdc00 + (code & 0x3ff);
      i += 4;
    }
  }
  let text = "";
  for (let from = 0; from < length; from += longestCall) {
    const part = units.subarray(from, Math.min(length, from + longestCall));
    text += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return text;
}

/** 32 bits that differ for different words, nearly always (FNV-1a, its bits then mixed). */
export function hashOfBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const longestCall = 8192; // arguments of a function call that every engine takes
let units = new Uint16Array(256);
