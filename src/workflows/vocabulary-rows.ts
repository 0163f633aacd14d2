import { sizeOf, type Tensor } from "../base/index.js";
import type { Architecture } from "../models/index.js";

/** What the rows of a changed table are made of, by new id: the mean of these old rows; of all, where there are none. */
export type RowOrigins = readonly (readonly number[])[];

/** Rows that stay, and so many behind them that begin as the mean of all. */
export function grownRows(oldCount: number, rowCount: number): RowOrigins {
  return Array.from({ length: rowCount }, (_, row) => (row < oldCount ? [row] : []));
}

/** How many tokens the table of word embeddings in a checkpoint has; undefined where there is none. */
export function tableLength(
  weights: ReadonlyMap<string, Tensor>,
  { names, wordEmbeddings }: Pick<Architecture, "names" | "wordEmbeddings">,
): number | undefined {
  return [...weights].find(([name]) => names.own(name) === wordEmbeddings)?.[1].shape[0];
}

/**
 * Give the weights of a checkpoint other rows, in the table of word embeddings, in copies of it and in a head that
 * scores words. A bias of scores that nobody trains goes on with 0 for new tokens.
 */
export function changeRows(
  weights: Map<string, Tensor>,
  architecture: Pick<Architecture, "names" | "wordEmbeddings">,
  origins: RowOrigins,
): void {
  const { names, wordEmbeddings } = architecture;
  const oldCount = tableLength(weights, architecture);
  if (oldCount === undefined) return;
  for (const [name, tensor] of weights) {
    const own = names.own(name);
    const isHead = own !== undefined && names.isHead(own);
    const scoresWords = isHead && tensor.shape[0] === oldCount;
    if (own === wordEmbeddings || names.tied(name).includes(wordEmbeddings) || scoresWords)
      weights.set(name, withRows(tensor, origins));
    else if (isHead && tensor.shape.join() === `1,${oldCount}`) {
      const old = tensor.data as Float32Array;
      const data = Float32Array.from(origins, ([row, ...more]) =>
        row === undefined || more.length > 0 ? 0 : old[row]!,
      );
      weights.set(name, { dtype: "float32", shape: [1, origins.length], data });
    }
  }
}

/** A tensor of other rows, each the mean of those it is made of. */
function withRows({ shape, data: old }: Tensor, origins: RowOrigins): Tensor {
  const [oldCount, ...rest] = shape as [number, ...number[]];
  const size = sizeOf(rest);
  const data = new Float32Array(origins.length * size);
  const meanOf = (rows: Iterable<number>, count: number): Float64Array => {
    const mean = new Float64Array(size);
    for (const row of rows) for (let i = 0; i < size; i++) mean[i]! += Number(old[row * size + i]) / count;
    return mean;
  };
  let all: Float64Array | undefined;
  for (const [row, from] of origins.entries()) {
    if (from.length === 0) all ??= meanOf(Array(oldCount).keys(), oldCount);
    data.set(from.length === 0 ? all! : meanOf(from, from.length), row * size);
  }
  return { dtype: "float32", shape: [origins.length, ...rest], data };
}
