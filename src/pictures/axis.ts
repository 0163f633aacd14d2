/** Round numbers for an axis, and the domain they span. */
export interface Ticks {
  readonly values: readonly number[];
  /** What lies between two ticks: 1, 2 or 5 times a power of ten. */
  readonly step: number;
}

/** Maps a number of the domain to a place in the picture. */
export type Scale = (value: number) => number;

/** The straight line through (`domain[0]`, `range[0]`) and (`domain[1]`, `range[1]`). */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const slope = (range[1] - range[0]) / (domain[1] - domain[0]);
  return (value) => range[0] + (value - domain[0]) * slope;
}

/** The round numbers within [low, high], about `count` of them: `ticksWithin(0, 93, 5)` is 0, 20, 40, 60, 80. */
export function ticksWithin(low: number, high: number, count: number): Ticks {
  const step = roundStep((high - low) / count);
  return { step, values: multiples(Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9), step) };
}

/**
 * Round numbers that enclose [low, high], about `count` of them: `ticksAround(0.17, 0.51, 4)` is 0.1, 0.2 ...
 * 0.6. A single value, or several that only rounding errors keep apart, gets room on both sides.
 */
export function ticksAround(low: number, high: number, count: number): Ticks {
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  const isFlat = magnitude < 1e-300 || high - low < magnitude * 1e-6;
  const room = !isFlat ? 0 : magnitude < 1e-300 ? 0.5 : magnitude * 0.1;
  const step = roundStep((high - low + 2 * room) / count);
  const first = Math.floor((low - room) / step + 1e-9);
  const last = Math.ceil((high + room) / step - 1e-9);
  return { step, values: multiples(first, last, step) };
}

/** A tick's number with as many decimals as its step needs: `tickText(0.5, 0.1)` is `0.5`, `tickText(1200, 200)` is `1,200`. */
export function tickText(value: number, step: number): string {
  if (step < 1e-4) return value === 0 ? "0" : value.toExponential(1);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= rough * 0.8) ?? 10;
  return factor * power;
}

/** Products rather than sums, so that no rounding error grows along the axis. */
function multiples(first: number, last: number, step: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
