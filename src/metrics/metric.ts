import { DataError } from "../base/index.js";

/** A number that says how good predictions are. */
export interface Metric<Arguments extends readonly unknown[]> {
  /** The key under which it is reported; where Python's scripts have one, theirs. */
  readonly name: string;
  readonly greaterIsBetter: boolean;
  readonly compute: (...given: Arguments) => number;
}

/** Class indices, one an example: the true ones, then the predicted ones. */
export type ClassMetric = Metric<[truth: ArrayLike<number>, predicted: ArrayLike<number>]>;

/** Throws unless there is one prediction for each example, and at least one example. */
export function checkPaired(metric: string, truth: ArrayLike<unknown>, predicted: ArrayLike<unknown>): void {
  if (truth.length === 0) {
    throw new DataError(`${metric}: expected at least one example, got none`, {
      hint: "evaluate on a file that has rows",
    });
  }
  if (truth.length !== predicted.length) {
    throw new DataError(
      `${metric}: expected as many predictions as examples, got ${predicted.length} for ${truth.length}`,
      { hint: "predictions and examples must come from the same file, in the same order" },
    );
  }
}

/** a / b, and 0 where b is 0: how scores without any example are counted. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
