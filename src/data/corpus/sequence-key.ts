import { hash } from "../../base/index.js";

/** What stands for no number at all. */
export const emptyKey = 0;

/**
 * A key of 52 bits for the numbers that `key` stands for and one more behind them. Of ten million different sequences two
 * have the same key with a probability of 1 in 90.
 */
export function extendedKey(key: number, value: number): number {
  const [low, high] = [key >>> 0, Math.floor(key / 2 ** 32)];
  const mixed = hash(low, value);
  return (hash(high ^ 0x70687261, hash(mixed, high)) >>> 12) * 2 ** 32 + mixed;
}
