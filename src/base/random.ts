/**
 * Counter-based randomness: every draw is a hash of (key, counter), so a stream can be continued from its
 * counter, forked by name, and equal on every machine. Not for cryptography.
 */
export class Random {
  readonly key: number;
  counter: number;

  constructor(seed: number, counter = 0) {
    this.key = mix(seed | 0, Math.floor(seed / 2 ** 32) | 0);
    this.counter = counter;
  }

  /** An independent stream for a purpose: `random.fork("shuffle", epoch)`. */
  fork(name: string, index = 0): Random {
    return new Random(hash(hashString(name, this.key), index));
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    return hash(this.key, this.counter++);
  }

  /** A number in [0, 1), with 53 random bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6)) / 2 ** 53;
  }

  /** An integer in [0, end), unbiased. */
  integer(end: number): number {
    return Math.floor(this.uniform() * end);
  }

  /** A draw from the normal distribution (Box-Muller). */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffle in place (Fisher-Yates) and return the array. */
  shuffle<T extends { [index: number]: unknown; length: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }

  /** The numbers 0 ... size-1 in random order. */
  permutation(size: number): Uint32Array {
    return this.shuffle(Uint32Array.from({ length: size }, (_, i) => i));
  }
}

/** A 32-bit hash of two 32-bit integers (two rounds of the lowbias32 finaliser of Chris Wellons). */
export function hash(key: number, counter: number): number {
  return mix(mix(counter | 0, 0x9e3779b9) ^ key, key);
}

function mix(value: number, salt: number): number {
  let x = (value ^ Math.imul(salt, 0x85ebca6b)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** A 32-bit hash of a string. */
export function hashString(text: string, key: number): number {
  let state = key;
  for (let i = 0; i < text.length; i++) state = hash(state, text.charCodeAt(i));
  return state;
}
