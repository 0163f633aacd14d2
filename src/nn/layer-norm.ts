import { layerNormalization, parameter, sizeAt, type Value } from "../engine/index.js";

/** Layer normalisation of rows `[..., hidden]`; parameters `<name>.weight` and `<name>.bias` `[hidden]`. */
export function layerNorm(x: Value, name: string, epsilon: number): Value {
  const size = sizeAt(x, -1) as number;
  const weight = parameter(`${name}.weight`, [size], { kind: "fill", value: 1 });
  const bias = parameter(`${name}.bias`, [size], { kind: "fill", value: 0 });
  return layerNormalization(x, weight, bias, epsilon);
}
