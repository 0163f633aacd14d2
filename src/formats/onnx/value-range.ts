/** Where the numbers of a value lie, zero among them. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** The step of a range that is written as integers from 0 to 255, and the integer that stands for zero. */
export function scaleOfRange({ low, high }: ValueRange): { readonly scale: number; readonly zero: number } {
  const scale = Math.fround((Math.max(high, 0) - Math.min(low, 0)) / 255) || 1;
  return { scale, zero: Math.round(-Math.min(low, 0) / scale) };
}
