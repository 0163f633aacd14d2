import { constant, layerNormalization, parameter, sizeAt, type Value } from "../engine/index.js";

/** Layer normalisation of rows `[..., hidden]`; parameters `<name>.weight` and `<name>.bias` `[hidden]`. */
export function layerNorm(x: Value, name: string, epsilon: number): Value {
  const bias = parameter(`${name}.bias`, [sizeAt(x, -1) as number], { kind: "fill", value: 0 });
  return normalize(x, name, bias, epsilon);
}

/** The same without a bias: parameter `<name>.weight` alone. */
export function unbiasedLayerNorm(x: Value, name: string, epsilon: number): Value {
  const size = sizeAt(x, -1) as number;
  const zeros = constant({ dtype: "float32", shape: [size], data: new Float32Array(size) });
  return normalize(x, name, zeros, epsilon);
}

function normalize(x: Value, name: string, bias: Value, epsilon: number): Value {
  const weight = parameter(`${name}.weight`, [sizeAt(x, -1) as number], { kind: "fill", value: 1 });
  return layerNormalization(x, weight, bias, epsilon);
}
