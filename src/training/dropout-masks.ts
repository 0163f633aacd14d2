import { hash } from "../base/random.js";

/**
 * Fill a dropout mask: element `index` is 1 with probability 1 - rate. The draw is a hash of (seed, step, site,
 * index), sixteen bits of it against a threshold, so that a mask can be made anywhere and again.
 */
export function drawDropoutMask(
  mask: Uint8Array,
  rate: number,
  seed: number,
  step: number,
  site: number,
): void {
  const key = hash(hash(hash(seed, 0x64726f70), step), site);
  const threshold = Math.round(rate * 0x10000);
  const pairs = mask.length >> 1;
  for (let i = 0; i < pairs; i++) {
    const bits = mixBits(key + Math.imul(i, 0x9e3779b1));
    mask[2 * i] = (bits & 0xffff) >= threshold ? 1 : 0;
    mask[2 * i + 1] = bits >>> 16 >= threshold ? 1 : 0;
  }
  if (mask.length & 1)
    mask[mask.length - 1] = (mixBits(key + Math.imul(pairs, 0x9e3779b1)) & 0xffff) >= threshold ? 1 : 0;
}

/** The lowbias32 finaliser of Chris Wellons, https://nullprogram.com/blog/2018/07/31/. */
function mixBits(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
