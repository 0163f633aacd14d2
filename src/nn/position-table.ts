import type { Dimension, Value } from "../engine/index.js";
import { distanceRows, relativeDistances } from "./relative-positions.js";

// Where DeBERTa looks up how far a query stands behind a key (He et al. 2020, https://arxiv.org/abs/2006.03654).

/** A table of learnt distances: `2*span` rows, first queries far before the key, last those far behind. */
export interface PositionTable {
  readonly span: number;
  /** How many rows there are to a side where far distances share them; undefined where each has its own. */
  readonly bucketCount: number | undefined;
  /** From here on all distances have one row. */
  readonly maxDistance: number;
}

/** The row of each of `relativeDistances`, and of its opposite: int64 `[2*length]`. */
export interface PositionRows {
  readonly rows: Value;
  readonly oppositeRows: Value;
}

/** Look up all distances that sequences of a length have. */
export function positionRows(length: Dimension, table: PositionTable): PositionRows {
  const distances = relativeDistances(length);
  return {
    rows: distanceRows(distances, table.maxDistance, (distance) => positionRow(table, distance)),
    oppositeRows: distanceRows(distances, table.maxDistance, (distance) => positionRow(table, -distance)),
  };
}

/** The row of a distance in the table of positions. */
export function positionRow({ span, bucketCount, maxDistance }: PositionTable, distance: number): number {
  const bucket = bucketCount === undefined ? distance : bucketOf(distance, bucketCount, maxDistance);
  return Math.min(Math.max(bucket + span, 0), 2 * span - 1);
}

/** Distances up to half of the buckets have one each; beyond, their width grows with the logarithm. */
function bucketOf(distance: number, bucketCount: number, maxDistance: number): number {
  const half = Math.floor(bucketCount / 2);
  const far = Math.abs(distance);
  if (far <= half) return distance;
  // in single precision, as PyTorch has it: a bucket's border must not move by a rounding
  const logarithm = (x: number): number => Math.fround(Math.log(Math.fround(x)));
  const share = Math.fround(logarithm(far / half) / logarithm((maxDistance - 1) / half));
  return Math.sign(distance) * (Math.ceil(Math.fround(share * (half - 1))) + half);
}
