/** A 64-bit hash, as two unsigned 32-bit integers. */
export interface TextHash {
  readonly high: number;
  readonly low: number;
}

/**
 * A 64-bit hash of a text, unit by unit in two 32-bit lanes that feed each other. Of ten million different texts two
 * have the same hash with a probability of 3 in a million. Not for cryptography: equal hashes can be made on purpose.
 */
export function hashText(text: string, seed = 0): TextHash {
  let a = seed ^ 0x9e3779b9;
  let b = seed ^ 0x243f6a88;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // for a given unit a bijection of (a, b), and for given lanes different for each unit
    a = (Math.imul(rotate(a ^ Math.imul(unit, 0xcc9e2d51), 15), 0x1b873593) + b) | 0;
    b = Math.imul(rotate(b ^ Math.imul(unit, 0x85ebca6b), 13), 0xc2b2ae35) ^ a;
  }
  a = scramble(a ^ text.length);
  b = scramble(b + a);
  a = scramble(a + b);
  return { high: a >>> 0, low: b >>> 0 };
}

/** A 128-bit hash of a text in hexadecimal, to name what was made of it. */
export function hashDigest(text: string): string {
  return [0, 1]
    .map((seed) => hashText(text, seed))
    .flatMap(({ high, low }) => [high, low])
    .map((part) => part.toString(16).padStart(8, "0"))
    .join("");
}

function rotate(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}

/** The finaliser of MurmurHash3, a bijection. */
function scramble(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
