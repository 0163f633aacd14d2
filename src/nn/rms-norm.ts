import { add, divide, mean, multiply, parameter, sizeAt, sqrt, type Value } from "../engine/index.js";

/**
 * Root-mean-square normalisation of rows `[..., hidden]` (Zhang and Sennrich 2019,
 * https://arxiv.org/abs/1910.07467): `x / sqrt(mean(x^2) + epsilon) * weight`; parameter `<name>.weight` `[hidden]`.
 */
export function rmsNorm(x: Value, name: string, epsilon: number): Value {
  const weight = parameter(`${name}.weight`, [sizeAt(x, -1) as number], { kind: "fill", value: 1 });
  const meanSquare = mean(multiply(x, x), [-1]); // [..., 1]
  return multiply(divide(x, sqrt(add(meanSquare, epsilon))), weight);
}
