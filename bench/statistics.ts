/** The mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample variance (divisor n - 1); 0 for a single value. */
export function variance(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return values.length > 1 ? squares / (values.length - 1) : 0;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A difference of two means with the interval that holds the true one 95 times in 100. */
export interface Difference {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Welch's 95 % interval of mean(a) - mean(b): the variances need not be equal.
 * Undefined with fewer than two values a side, or where nothing varies.
 */
export function welchInterval(a: readonly number[], b: readonly number[]): Difference | undefined {
  if (a.length < 2 || b.length < 2) return undefined;
  const shareA = variance(a) / a.length;
  const shareB = variance(b) / b.length;
  if (shareA + shareB === 0) return undefined;
  const degrees = (shareA + shareB) ** 2 / (shareA ** 2 / (a.length - 1) + shareB ** 2 / (b.length - 1));
  const half = studentQuantile(0.975, degrees) * Math.sqrt(shareA + shareB);
  const difference = mean(a) - mean(b);
  return { mean: difference, low: difference - half, high: difference + half };
}

/** The value that Student's t with `degrees` degrees of freedom stays below with `probability` (at least 0.5). */
export function studentQuantile(probability: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (studentCumulative(high, degrees) < probability) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentCumulative(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// P(T < t) for t >= 0, by Simpson's rule on the angle x = atan(t / sqrt(degrees)), over which the density
// is proportional to cos(x)^(degrees - 1): smooth and on a finite interval for every t
function studentCumulative(t: number, degrees: number): number {
  const density = (angle: number): number => Math.cos(angle) ** (degrees - 1);
  const total = simpson(density, Math.PI / 2);
  return 0.5 + simpson(density, Math.atan(t / Math.sqrt(degrees))) / (2 * total);
}

function simpson(f: (x: number) => number, end: number): number {
  const pieces = 2000;
  const width = end / pieces;
  let sum = f(0) + f(end);
  for (let i = 1; i < pieces; i++) sum += (i % 2 === 1 ? 4 : 2) * f(i * width);
  return (sum * width) / 3;
}
