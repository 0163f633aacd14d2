import {
  add,
  addDimensions,
  concatenate,
  type Dimension,
  matmul,
  multiplyDimensions,
  pad,
  parameter,
  reshape,
  slice,
  transpose,
  type Value,
} from "../engine/index.js";

export interface ConvolutionOptions {
  readonly outSize: number;
  /** How many neighbouring tokens are read, an odd number: as many before as after, zeros beyond the ends. */
  readonly kernelSize: number;
  /** Into how many groups of their own features are cut. */
  readonly groupCount: number;
  readonly deviation: number;
}

/**
 * Convolution along the sequence, `[batch, sequence, in]` to `[batch, sequence, out]`. Parameters `<name>.weight`
 * `[out, in/groups, kernel]` and `<name>.bias` `[out]`, the layout of PyTorch.
 */
export function convolution(x: Value, name: string, options: ConvolutionOptions): Value {
  const { outSize, kernelSize, groupCount, deviation } = options;
  const [batch, sequence, inSize] = x.shape as [Dimension, Dimension, number];
  const [inGroup, outGroup] = [inSize / groupCount, outSize / groupCount];
  const weight = parameter(`${name}.weight`, [outSize, inGroup, kernelSize], { kind: "normal", deviation });
  const bias = parameter(`${name}.bias`, [outSize], { kind: "fill", value: 0 });
  const side = (kernelSize - 1) / 2;
  const padded = pad(x, 1, side, side);
  const neighbours = Array.from({ length: kernelSize }, (_, i) =>
    reshape(slice(padded, 1, i, addDimensions(sequence, i)), [batch, sequence, groupCount, 1, inGroup]),
  );
  const rowCount = multiplyDimensions(batch, sequence);
  const rows = reshape(concatenate(neighbours, 3), [rowCount, groupCount, kernelSize * inGroup]);
  const byTap = transpose(reshape(weight, [groupCount, outGroup, inGroup, kernelSize]), [0, 1, 3, 2]);
  const weights = reshape(byTap, [groupCount, outGroup, kernelSize * inGroup]);
  const product = matmul(transpose(rows, [1, 0, 2]), weights, { transposeB: true }); // [groups, rows, out/groups]
  const joined = reshape(transpose(product, [1, 0, 2]), [batch, sequence, outSize]);
  return add(joined, bias);
}
