// What a model that is not trained any further says of a text: the mean of its last hidden states. Of a pair the two
// vectors, their distance and their product (Conneau et al. 2017, https://arxiv.org/abs/1705.02364).
import { type EmbedderOptions, loadEmbedder } from "../../src/workflows/embedder.js";
import type { LabelledRow, LabelledRows } from "./labelled-tasks.js";
import type { Features } from "./logistic-regression.js";

/** Features of the rows of a task, each column of mean 0 and deviation 1 over the training rows. */
export async function sentenceFeatures(
  model: string,
  rows: LabelledRows,
  options: EmbedderOptions,
): Promise<ReadonlyMap<LabelledRow, Features>> {
  const embedder = await loadEmbedder(model, { ...options, pooling: "mean", normalize: false });
  try {
    const all = [...rows.train, ...rows.validation];
    const embed = async (texts: readonly string[]): Promise<Float32Array[]> =>
      (await embedder.embed(texts)).map(({ embedding }) => embedding);
    const first = await embed(all.map(({ text }) => text));
    const isPair = all[0]?.pair !== undefined;
    const second = isPair ? await embed(all.map(({ pair }) => pair ?? "")) : undefined;
    const vectors = first.map((vector, i) => {
      const other = second?.[i];
      return other === undefined ? Float64Array.from(vector) : pairFeatures(vector, other);
    });
    return standardised(all, vectors, rows.train.length);
  } finally {
    await embedder.close();
  }
}

function pairFeatures(a: Float32Array, b: Float32Array): Float64Array {
  return Float64Array.of(...a, ...b, ...a.map((x, i) => Math.abs(x - b[i]!)), ...a.map((x, i) => x * b[i]!));
}

function standardised(
  rows: readonly LabelledRow[],
  vectors: readonly Float64Array[],
  trainCount: number,
): ReadonlyMap<LabelledRow, Features> {
  const size = vectors[0]!.length;
  const columns = Int32Array.from({ length: size }, (_, i) => i);
  const [means, squares] = [new Float64Array(size), new Float64Array(size)];
  for (const vector of vectors.slice(0, trainCount))
    vector.forEach((value, i) => {
      means[i]! += value / trainCount;
      squares[i]! += value ** 2 / trainCount;
    });
  const deviations = squares.map((square, i) => Math.sqrt(Math.max(1e-12, square - means[i]! ** 2)));
  return new Map(
    rows.map((row, i) => [
      row,
      { columns, values: vectors[i]!.map((value, k) => (value - means[k]!) / deviations[k]!) },
    ]),
  );
}
