// Low-rank adaptation, LoRA (Hu et al. 2021, https://arxiv.org/abs/2106.09685): beside a frozen matrix W stands a
// product of two narrow ones that is learnt, y = x W^T + scale * (x A^T) B^T. B starts at zero, so that the model
// starts as it was.
import type { Tensor } from "../base/index.js";
import {
  type Application,
  add,
  type Dimension,
  matmul,
  matmulOp,
  multiplyDimensions,
  nameOf,
  parameter,
  replaceOps,
  reshape,
  sizeAt,
  type Value,
} from "../engine/index.js";
import type { BuildMode } from "./build-mode.js";
import { dropout } from "./dropout.js";

export interface LowRankOptions {
  /** The width of the narrow matrices. */
  readonly rank: number;
  /** What their product counts: alpha / rank. */
  readonly scale: number;
  readonly dropoutRate: number;
  /** Whether a matrix of this name gets them. */
  readonly adapts: (name: string) => boolean;
}

/** The narrow matrices beside the matrix `name`: A `[rank, in]` and B `[out, rank]`. */
export function lowRankNames(name: string): { readonly a: string; readonly b: string } {
  const stem = name.replace(/\.weight$/, "");
  return { a: `${stem}.lowRank.a`, b: `${stem}.lowRank.b` };
}

/** The matrix that a narrow one stands beside; undefined for other parameters. */
export function adaptedName(name: string): string | undefined {
  return /\.lowRank\.[ab]$/.test(name) ? name.replace(/\.lowRank\.[ab]$/, ".weight") : undefined;
}

/** A graph with narrow matrices, and which matrices have them. */
export interface Adapted {
  readonly outputs: ReadonlyMap<string, Value>;
  readonly matrices: readonly AdaptedMatrix[];
}

/** A matrix that has narrow ones beside it, and how it lies. */
export interface AdaptedMatrix {
  readonly name: string;
  /** Whether it is `[in, out]`, as in GPT-2, not `[out, in]`. */
  readonly isTransposed: boolean;
}

/** The graph with narrow matrices beside those that `adapts` names, wherever rows are multiplied with them. */
export function withLowRank(
  outputs: ReadonlyMap<string, Value>,
  options: LowRankOptions,
  mode: BuildMode,
): Adapted {
  const matrices = new Map<string, AdaptedMatrix>();
  const adapted = replaceOps(outputs, (op) => {
    if (op.op !== matmulOp.definition) return undefined;
    const weight = op.inputs[1]!;
    if (weight.source.kind !== "parameter" || !options.adapts(nameOf(weight))) return undefined;
    const name = nameOf(weight);
    const { transposeB } = op.attributes as { readonly transposeB: boolean };
    matrices.set(name, { name, isTransposed: !transposeB });
    return [add(op.outputs[0]!, bypass(op, weight, options, mode))];
  });
  return { outputs: adapted, matrices: [...matrices.values()] };
}

function bypass(
  { inputs, outputs, attributes }: Application,
  weight: Value,
  { rank, scale, dropoutRate }: LowRankOptions,
  mode: BuildMode,
): Value {
  const { transposeB } = attributes as { readonly transposeB: boolean };
  const [outSize, inSize] = (transposeB ? weight.shape : [...weight.shape].reverse()) as [number, number];
  const { a: nameOfA, b: nameOfB } = lowRankNames(nameOf(weight));
  // PEFT draws A uniformly up to 1 / sqrt(in); the deviation is the same
  const a = parameter(nameOfA, [rank, inSize], { kind: "normal", deviation: 1 / Math.sqrt(3 * inSize) });
  const b = parameter(nameOfB, [outSize, rank], { kind: "fill", value: 0 });
  const x = inputs[0]!;
  const rowCount = x.shape.slice(0, -1).reduce<Dimension>(multiplyDimensions, 1);
  const rows = reshape(dropout(x, dropoutRate, mode), [rowCount, sizeAt(x, -1)]);
  const narrow = matmul(rows, a, { transposeB: true });
  return reshape(matmul(narrow, b, { transposeB: true, scale }), outputs[0]!.shape);
}

/** `W + scale * B A`: what an adapted matrix has become. */
export function mergeLowRank(
  weight: Tensor<"float32">,
  { a, b }: { readonly a: Tensor<"float32">; readonly b: Tensor<"float32"> }, // [rank, in] and [out, rank]
  scale: number,
  isTransposed: boolean,
): Tensor<"float32"> {
  const [rank, inSize] = a.shape as [number, number];
  const outSize = b.shape[0]!;
  const data = weight.data.slice();
  for (let out = 0; out < outSize; out++)
    for (let i = 0; i < inSize; i++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += b.data[out * rank + k]! * a.data[k * inSize + i]!;
      data[isTransposed ? i * outSize + out : out * inSize + i]! += scale * sum;
    }
  return { ...weight, data };
}
