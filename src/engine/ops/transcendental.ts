import type { GradientContext, Value } from "../graph/graph.js";
import { defineOp, type Op } from "../graph/op.js";
import { divide, multiply, negate, subtract } from "./arithmetic.js";

// Functions of one number, element by element.

export const expOp: Op<void> = unary("exp", "Exp", Math.exp, ({ dy, y }) => [multiply(dy, y[0]!)]);
export const logOp: Op<void> = unary("log", "Log", Math.log, ({ dy, x }) => [divide(dy, x[0]!)], [0.5, 2]);
export const sqrtOp: Op<void> = unary(
  "sqrt",
  "Sqrt",
  Math.sqrt,
  ({ dy, y }) => [divide(multiply(dy, 0.5), y[0]!)],
  [0.5, 2],
  0xe3,
);
export const tanhOp: Op<void> = unary("tanh", "Tanh", Math.tanh, ({ dy, y }) => [
  multiply(dy, subtract(1, multiply(y[0]!, y[0]!))),
]);
export const sigmoidOp: Op<void> = unary(
  "sigmoid",
  "Sigmoid",
  (a) => 1 / (1 + Math.exp(-a)),
  ({ dy, y }) => [multiply(dy, multiply(y[0]!, subtract(1, y[0]!)))],
);
export const erfOp: Op<void> = unary("erf", "Erf", errorFunction, ({ dy, x }) => [
  multiply(dy, multiply(exp(multiply(multiply(x[0]!, x[0]!), -1)), 2 / Math.sqrt(Math.PI))),
]);
export const absoluteOp: Op<void> = unary(
  "absolute",
  "Abs",
  Math.abs,
  ({ dy, x, y }) => [multiply(dy, divide(x[0]!, y[0]!))],
  [0.5, 2],
  0xe0,
);

export const sineOp: Op<void> = unary("sine", "Sin", Math.sin, ({ dy, x }) => [multiply(dy, cosine(x[0]!))]);
export const cosineOp: Op<void> = unary("cosine", "Cos", Math.cos, ({ dy, x }) => [
  negate(multiply(dy, sine(x[0]!))),
]);

export const exp = (x: Value): Value => expOp([x])[0];
/** Natural logarithm. */
export const log = (x: Value): Value => logOp([x])[0];
export const sqrt = (x: Value): Value => sqrtOp([x])[0];
export const tanh = (x: Value): Value => tanhOp([x])[0];
/** `1 / (1 + exp(-x))`. */
export const sigmoid = (x: Value): Value => sigmoidOp([x])[0];
/** The error function, `2 / sqrt(pi) * integral of exp(-t^2) from 0 to x`. */
export const erf = (x: Value): Value => erfOp([x])[0];
export const sine = (x: Value): Value => sineOp([x])[0];
export const cosine = (x: Value): Value => cosineOp([x])[0];
/** `|x|`; its gradient at 0 is not a number. */
export const absolute = (x: Value): Value => absoluteOp([x])[0];

function unary(
  name: string,
  type: string,
  apply: (a: number) => number,
  gradient: (context: GradientContext<void>) => readonly (Value | null)[],
  range: readonly [number, number] = [-2, 2],
  simd?: number,
): Op<void> {
  return defineOp<void>({
    name,
    infer: ([x]) => [x!],
    evaluate({ inputs: [x], outputs: [out] }) {
      for (let i = 0; i < out!.data.length; i++) out!.data[i] = apply(x!.data[i]!);
    },
    lower: ({ emit, inputs }) => emit.node(type, inputs),
    gradient,
    ...(simd === undefined ? {} : { simd }),
    examples: [{ inputs: [{ shape: [2, 3], range }], attributes: undefined }],
  });
}

/** erf by its series of positive terms, `2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (2n+1)!!`; exact to float64. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
