// Numbers about one row of scores, `[vocabulary]`.

/** `log(sum(exp(scores)))`: what turns a score into a log-probability when it is taken off. */
export function logSumExp(scores: Float32Array): number {
  let largest = -Infinity;
  for (let i = 0; i < scores.length; i++) if (scores[i]! > largest) largest = scores[i]!;
  if (largest === -Infinity) return -Infinity;
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += Math.exp(scores[i]! - largest);
  return largest + Math.log(total);
}

/** Turn scores into log-probabilities, in place. */
export function toLogProbabilities(scores: Float32Array): void {
  const total = logSumExp(scores);
  for (let i = 0; i < scores.length; i++) scores[i] = scores[i]! - total;
}

/** The probability of each token. */
export function probabilitiesOf(scores: Float32Array): Float64Array {
  const total = logSumExp(scores);
  return Float64Array.from(scores, (score) => Math.exp(score - total));
}

/** The `rank`-th largest number, counted from 1: `kthLargest([5, 9, 7], 2)` is 7. */
export function kthLargest(values: Float32Array, rank: number): number {
  if (rank >= values.length) return values.reduce((least, value) => Math.min(least, value), Infinity);
  // the largest so far as a heap with the least of them on top
  const heap = new Float32Array(rank).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value <= heap[0]!) continue;
    let hole = 0;
    for (let child = 1; child < rank; child = 2 * hole + 1) {
      if (child + 1 < rank && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= value) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = value;
  }
  return heap[0]!;
}
