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
