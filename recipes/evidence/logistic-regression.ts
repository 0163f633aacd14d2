// Multinomial logistic regression with an L2 penalty, by limited-memory BFGS (Liu and Nocedal 1989,
// https://doi.org/10.1007/BF01589116): what decides over fixed features. It is convex, so there is no rate and no seed to
// be lucky with.

/** The features of a text that are not 0. */
export interface Features {
  readonly columns: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export interface FittedRegression {
  /** The scores of the classes (logits); the highest is what is told. */
  scores(features: Features): Float64Array; // [class]
}

const historySize = 8;
const mostIterations = 200;
/** It ends where the largest slope is below this, of a loss that is a mean over rows. */
const tolerance = 2e-5;

/**
 * Fit weights and a bias for each class. `strength` divides the penalty, which is half the squared weights over strength
 * times the number of rows: the C of scikit-learn.
 */
export function logisticRegression(
  rows: readonly Features[],
  labels: readonly number[],
  { classCount, columnCount, strength }: { classCount: number; columnCount: number; strength: number },
): FittedRegression {
  const biases = columnCount * classCount; // weights are [column, class], and the biases stand behind them
  const penalty = 1 / (strength * rows.length);
  const scoresOf = (weights: Float64Array, { columns, values }: Features): Float64Array => {
    const scores = weights.slice(biases);
    for (let k = 0; k < columns.length; k++) {
      const [start, value] = [columns[k]! * classCount, values[k]!];
      for (let c = 0; c < classCount; c++) scores[c]! += weights[start + c]! * value;
    }
    return scores;
  };

  /** The mean loss with the penalty; fills `slope` with its gradient. */
  const lossOf = (weights: Float64Array, slope: Float64Array): number => {
    let loss = 0;
    for (let i = 0; i < biases; i++) {
      loss += 0.5 * penalty * weights[i]! ** 2;
      slope[i] = penalty * weights[i]!;
    }
    slope.fill(0, biases); // biases are free
    rows.forEach((row, r) => {
      const shares = scoresOf(weights, row);
      const highest = shares.reduce((most, score) => Math.max(most, score), -Infinity);
      const own = shares[labels[r]!]!;
      let total = 0;
      for (let c = 0; c < classCount; c++) {
        shares[c] = Math.exp(shares[c]! - highest);
        total += shares[c]!;
      }
      loss += (Math.log(total) + highest - own) / rows.length;
      for (let c = 0; c < classCount; c++) {
        shares[c] = (shares[c]! / total - Number(c === labels[r])) / rows.length;
        slope[biases + c]! += shares[c]!;
      }
      const { columns, values } = row;
      for (let k = 0; k < columns.length; k++) {
        const [start, value] = [columns[k]! * classCount, values[k]!];
        for (let c = 0; c < classCount; c++) slope[start + c]! += shares[c]! * value;
      }
    });
    return loss;
  };

  const weights = minimised(biases + classCount, lossOf);
  return { scores: (features) => scoresOf(weights, features) };
}

/** The weights, from 0 on, at which a smooth convex loss is least. */
function minimised(
  size: number,
  lossOf: (weights: Float64Array, slope: Float64Array) => number,
): Float64Array {
  let [weights, slope] = [new Float64Array(size), new Float64Array(size)];
  let loss = lossOf(weights, slope);
  const history: { readonly moved: Float64Array; readonly turned: Float64Array }[] = [];
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    if (largest(slope) < tolerance) break;
    const direction = newtonLike(slope, history);
    const descent = dot(direction, slope);
    const next = new Float64Array(size);
    const nextSlope = new Float64Array(size);
    let length = history.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(slope, slope))) : 1;
    let nextLoss = Infinity;
    // shorten the step until the loss falls by a share of what the slope promises (Armijo)
    for (; length > 1e-10; length /= 2) {
      for (let i = 0; i < size; i++) next[i] = weights[i]! + length * direction[i]!;
      nextLoss = lossOf(next, nextSlope);
      if (nextLoss <= loss + 1e-4 * length * descent) break;
    }
    if (!(nextLoss < loss)) break;
    const [moved, turned] = [difference(next, weights), difference(nextSlope, slope)];
    if (dot(moved, turned) > 1e-12) history.push({ moved, turned });
    if (history.length > historySize) history.shift();
    [weights, slope, loss] = [next, nextSlope, nextLoss];
  }
  return weights;
}

/** Downhill, corrected by how the slope turned along the last steps. */
function newtonLike(
  slope: Float64Array,
  history: readonly { readonly moved: Float64Array; readonly turned: Float64Array }[],
): Float64Array {
  const direction = slope.map((value) => -value);
  const shares: number[] = [];
  for (const { moved, turned } of history.toReversed()) {
    const share = dot(moved, direction) / dot(moved, turned);
    shares.push(share);
    addTo(direction, turned, -share);
  }
  const last = history.at(-1);
  if (last !== undefined) {
    const scale = dot(last.moved, last.turned) / dot(last.turned, last.turned);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const { moved, turned } of history) {
    const back = dot(turned, direction) / dot(moved, turned);
    addTo(direction, moved, shares.pop()! - back);
  }
  return direction;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const result = a.slice();
  for (let i = 0; i < a.length; i++) result[i]! -= b[i]!;
  return result;
}

function addTo(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * source[i]!;
}
