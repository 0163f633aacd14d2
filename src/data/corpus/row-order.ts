import { hash } from "../../base/index.js";

const roundCount = 6;

/**
 * The place of `index` in a random order of 0 ... size-1, without the order being held: a Feistel network over the next
 * power of four, walked until it comes back into the range (Black and Rogaway 2002,
 * https://doi.org/10.1007/3-540-45760-7_9). For each key another permutation; `size` up to 2^52.
 */
export function permuted(index: number, size: number, key: number): number {
  let half = 1; // bits of each half
  while (4 ** half < size) half++;
  const base = 2 ** half;
  let value = index;
  do {
    let left = Math.floor(value / base);
    let right = value % base;
    for (let round = 0; round < roundCount; round++)
      [left, right] = [right, (left ^ (hash(hash(key, round), right) % base)) >>> 0];
    value = left * base + right;
  } while (value >= size);
  return value;
}
