import { matmul, sizeAt, type Value } from "../engine/index.js";
import { unbiasedLinear } from "./linear.js";

/**
 * Scores of all words for rows `[rows, hidden]`, without a bias: by the table of word embeddings `[vocabulary, hidden]`
 * where they are tied to it, else by a matrix of their own, parameter `<name>.weight`.
 */
export function wordScores(
  rows: Value,
  name: string,
  table: Value,
  { isTied, initialDeviation }: { readonly isTied: boolean; readonly initialDeviation: number },
): Value {
  if (isTied) return matmul(rows, table, { transposeB: true });
  return unbiasedLinear(rows, name, sizeAt(table, 0) as number, initialDeviation);
}
