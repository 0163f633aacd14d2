import type { Random } from "../base/random.js";

/** A token that may come next, and after which row. */
export interface Continuation {
  readonly row: number;
  readonly token: number;
  /** The score of the row, and the token's log-probability. */
  readonly score: number;
}

/** The `count` best continuations of rows of log-probabilities `[vocabulary]`, best first; forbidden ones are none. */
export function bestContinuations(
  rows: readonly Float32Array[],
  bases: readonly number[],
  count: number,
): Continuation[] {
  return largest(rows, count, (row, logProbability) => bases[row]! + logProbability).map(
    ({ row, token, key }) => ({ row, token, score: key }),
  );
}

/**
 * `count` different continuations drawn by their probabilities, in the order in which they were drawn: the largest once
 * noise of the Gumbel distribution is added (Kool et al. 2019, https://arxiv.org/abs/1903.06059).
 */
export function drawContinuations(
  rows: readonly Float32Array[],
  bases: readonly number[],
  count: number,
  random: Random,
): Continuation[] {
  const perturbed = (row: number, logProbability: number): number =>
    logProbability === -Infinity
      ? -Infinity
      : bases[row]! + logProbability - Math.log(-Math.log(1 - random.uniform()));
  return largest(rows, count, perturbed).map(({ row, token }) => ({
    row,
    token,
    score: bases[row]! + rows[row]![token]!,
  }));
}

interface Ranked {
  readonly row: number;
  readonly token: number;
  readonly key: number;
}

/** The tokens with the largest keys, largest first; of equals the first. */
function largest(
  rows: readonly Float32Array[],
  count: number,
  keyOf: (row: number, logProbability: number) => number,
): Ranked[] {
  const best: Ranked[] = [];
  let least = -Infinity; // what a key must exceed
  rows.forEach((scores, row) => {
    for (let token = 0; token < scores.length; token++) {
      const key = keyOf(row, scores[token]!);
      if (!(key > least)) continue;
      let at = best.length;
      while (at > 0 && best[at - 1]!.key < key) at--;
      best.splice(at, 0, { row, token, key });
      if (best.length > count) best.pop();
      if (best.length === count) least = best[count - 1]!.key;
    }
  });
  return best;
}
