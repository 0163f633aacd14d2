import { OptionError } from "../../base/index.js";

/** A weight is rounded to a multiple of one part in so many. */
const mostParts = 2 ** 16;

/**
 * Says for each of a row of draws, from which of several sources it is, so that of any first n draws each source has its
 * share to within one: every draw falls into the window between the moment when the source's share has grown by a part
 * of one and the moment when it has grown by a whole one, and the window that closes first goes first (earliest
 * deadline; Tijdeman 1980, https://doi.org/10.1016/0012-365X(80)90269-1). The pattern repeats itself.
 */
export interface EvenMix {
  /** The source of a draw, and how many draws of it came before. */
  at(draw: number): { readonly source: number; readonly drawn: number };
  /** What share of the draws each source has: its weight, unless that has to be rounded to 1/65,536. */
  readonly shares: readonly number[];
  /** How many of the first draws are from each source. */
  counts(draws: number): number[];
}

/** A mix by weights, which need not add up to anything. */
export function evenMix(weights: readonly number[]): EvenMix {
  const parts = partsOf(weights);
  const period = sumOf(parts);
  const sources = new Uint16Array(period);
  const drawnBefore = new Uint32Array(period);
  const drawn = new Uint32Array(parts.length);
  for (let draw = 0; draw < period; draw++) {
    const source = mostUrgent(parts, period, drawn, draw);
    sources[draw] = source;
    drawnBefore[draw] = drawn[source]!++;
  }
  return {
    shares: parts.map((part) => part / period),
    counts: (draws) => {
      const counts = parts.map((part) => Math.floor(draws / period) * part);
      for (let place = 0; place < draws % period; place++) counts[sources[place]!]!++;
      return counts;
    },
    at: (draw) => {
      const place = draw % period;
      const source = sources[place]!;
      return { source, drawn: Math.floor(draw / period) * parts[source]! + drawnBefore[place]! };
    },
  };
}

/** The source whose next draw is due first, of those whose share has begun to ask for it. */
function mostUrgent(parts: readonly number[], period: number, drawn: Uint32Array, draw: number): number {
  let best = -1;
  let earliest = Number.POSITIVE_INFINITY;
  for (let source = 0; source < parts.length; source++) {
    const next = drawn[source]!;
    if (next * period >= (draw + 1) * parts[source]!) continue; // not yet
    const due = Math.ceil(((next + 1) * period) / parts[source]!);
    if (due < earliest) [best, earliest] = [source, due];
  }
  return best;
}

/** Weights as whole numbers: as they are where they have few digits, else rounded. */
function partsOf(weights: readonly number[]): number[] {
  for (const weight of weights) {
    if (!(weight > 0 && Number.isFinite(weight)))
      throw new OptionError(`weight of a corpus: expected a number above 0, got ${weight}`);
  }
  for (const scale of [1, 10, 100, 1000, 10_000]) {
    const parts = weights.map((weight) => Math.round(weight * scale));
    const isExact = parts.every((part, i) => Math.abs(part / scale - weights[i]!) < 1e-12 * weights[i]!);
    const lowest = isExact ? inLowestTerms(parts) : [];
    if (isExact && sumOf(lowest) <= mostParts) return lowest;
  }
  return inLowestTerms(roundedParts(weights));
}

/** Rounded down, and then one more for those that lost most by it. */
function roundedParts(weights: readonly number[]): number[] {
  const total = sumOf(weights);
  const exact = weights.map((weight) => (weight / total) * mostParts);
  const parts = exact.map(Math.floor);
  const least = parts.indexOf(0);
  if (least >= 0) {
    throw new OptionError(`weight of a corpus: ${weights[least]} of ${total} is too small a share`, {
      hint: `leave that corpus out, or give it at least one row in ${mostParts}`,
    });
  }
  const byLoss = exact
    .map((part, i) => ({ i, loss: part - parts[i]! }))
    .sort((a, b) => b.loss - a.loss || a.i - b.i);
  for (const { i } of byLoss.slice(0, mostParts - sumOf(parts))) parts[i]!++;
  return parts;
}

function inLowestTerms(parts: readonly number[]): number[] {
  const divisor = parts.reduce(greatestCommonDivisor);
  return parts.map((part) => part / divisor);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
