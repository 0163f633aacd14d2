import { OptionError } from "../base/errors.js";
import { nearest } from "../base/names.js";
import {
  add,
  erf,
  exp,
  greater,
  log,
  maximum,
  minimum,
  multiply,
  negate,
  scalar,
  sigmoid,
  subtract,
  tanh,
  type Value,
  where,
} from "../engine/index.js";

/** Activations by the names that configuration files use. */
export const activations: ReadonlyMap<string, (x: Value) => Value> = new Map([
  ["elu", elu],
  ["gelu", gelu],
  ["gelu_new", geluTanh],
  ["gelu_pytorch_tanh", geluTanh],
  ["mish", mish],
  ["relu", relu],
  ["sigmoid", sigmoid],
  ["silu", silu],
  ["swish", silu],
  ["tanh", tanh],
]);

/** The activation that a configuration names. */
export function activation(name: string): (x: Value) => Value {
  const found = activations.get(name);
  if (found !== undefined) return found;
  const near = nearest(name, activations.keys());
  throw new OptionError(`activation ${name}: expected one of ${[...activations.keys()].join(", ")}`, {
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  });
}

/** `x * Phi(x)` with the normal distribution's Phi (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415). */
export function gelu(x: Value): Value {
  return multiply(x, multiply(add(erf(multiply(x, Math.SQRT1_2)), 1), 0.5));
}

/** The same by a tanh, as GPT-2 has it. */
export function geluTanh(x: Value): Value {
  const cube = multiply(multiply(x, x), x);
  const inner = multiply(add(x, multiply(cube, 0.044715)), Math.sqrt(2 / Math.PI));
  return multiply(multiply(x, 0.5), add(tanh(inner), 1));
}

/** `max(x, 0)`. */
export function relu(x: Value): Value {
  return where(greater(x, scalar(0)), x, scalar(0));
}

/** `x * sigmoid(x)`. */
export function silu(x: Value): Value {
  return multiply(x, sigmoid(x));
}

/** `log(1 + exp(x))`, by a form that does not overflow. */
export function softplus(x: Value): Value {
  return add(relu(x), log(add(exp(negate(maximum(x, negate(x)))), 1)));
}

/** `x` where it is positive, else `exp(x) - 1` (Clevert et al. 2015, https://arxiv.org/abs/1511.07289). */
export function elu(x: Value): Value {
  return where(greater(x, scalar(0)), x, subtract(exp(minimum(x, scalar(0))), 1));
}

/** `x * tanh(softplus(x))` (Misra 2019, https://arxiv.org/abs/1908.08681). */
export function mish(x: Value): Value {
  return multiply(x, tanh(softplus(x)));
}
