import { matmul, parameter, sizeAt, type Value } from "../engine/index.js";

/**
 * `x W^T + b`: rows `[rows, in]` to `[rows, out]`. Parameters `<name>.weight` `[out, in]` and `<name>.bias` `[out]`,
 * the layout of PyTorch.
 */
export function linear(x: Value, name: string, outSize: number, deviation = 0.02): Value {
  const inSize = sizeAt(x, -1) as number;
  const weight = parameter(`${name}.weight`, [outSize, inSize], { kind: "normal", deviation });
  const bias = parameter(`${name}.bias`, [outSize], { kind: "fill", value: 0 });
  return matmul(x, weight, { transposeB: true, bias });
}

/** `x W^T` alone: parameter `<name>.weight` `[out, in]`. */
export function unbiasedLinear(x: Value, name: string, outSize: number, deviation = 0.02): Value {
  const weight = parameter(`${name}.weight`, [outSize, sizeAt(x, -1) as number], {
    kind: "normal",
    deviation,
  });
  return matmul(x, weight, { transposeB: true });
}

/** `x W + b` with `<name>.weight` `[in, out]`, as the checkpoints of GPT and GPT-2 have it (their `Conv1D`). */
export function transposedLinear(x: Value, name: string, outSize: number, deviation = 0.02): Value {
  const weight = parameter(`${name}.weight`, [sizeAt(x, -1) as number, outSize], {
    kind: "normal",
    deviation,
  });
  const bias = parameter(`${name}.bias`, [outSize], { kind: "fill", value: 0 });
  return matmul(x, weight, { bias });
}
