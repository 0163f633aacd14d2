// What a student learns from a teacher beside the teacher's scores (`distillationLoss`): where its hidden states point,
// and how its attention relates tokens. Nothing flows back to a teacher whose parameters are frozen.
import {
  add,
  type Dimension,
  exp,
  l2Normalize,
  logSoftmax,
  matmul,
  multiply,
  reshape,
  shapeSize,
  sizeAt,
  subtract,
  sum,
  transpose,
  type Value,
} from "../engine/index.js";
import { type AttentionVectors, mergeHeads, paddingBias } from "../nn/index.js";

/**
 * How far the hidden states of a student point away from the teacher's, `1 - cos` (DistilBERT, Sanh et al. 2019,
 * https://arxiv.org/abs/1910.01108): both `[..., hidden]`, weights `[...]`.
 */
export function cosineLoss(student: Value, teacher: Value, weights: Value): Value {
  const items = shapeSize(weights.shape);
  const product = multiply(l2Normalize(student), l2Normalize(teacher));
  const cosines = reshape(sum(product, [product.shape.length - 1]), [items]);
  return reshape(sum(multiply(subtract(1, cosines), reshape(weights, [items]))), []);
}

/** Which vectors of two tokens are compared: queries with keys are what attention itself does. */
export type Relation = readonly [from: keyof AttentionVectors, to: keyof AttentionVectors];

/** MiniLM (Wang et al. 2020, https://arxiv.org/abs/2002.10957): attention, and how values relate. */
export const attentionAndValues: readonly Relation[] = [
  ["query", "key"],
  ["value", "value"],
];

/** MiniLMv2 (Wang et al. 2021, https://arxiv.org/abs/2012.15828): how queries, keys and values relate. */
export const selfRelations: readonly Relation[] = [
  ["query", "query"],
  ["key", "key"],
  ["value", "value"],
];

export interface RelationOptions {
  readonly relations: readonly Relation[];
  /** Into how many heads the vectors of both are cut, whatever heads they attend with. */
  readonly headCount: number;
  /** 1 a token, 0 padding. */
  readonly mask: Value; // [batch, sequence]
  /** What each token counts. */
  readonly weights: Value; // [batch, sequence]
}

/**
 * How far a student's tokens relate otherwise than the teacher's, added up over relations: `KL(teacher || student)` of
 * the softmax of scaled products of their vectors, in the mean over heads. The widths of both may differ.
 */
export function relationLoss(
  student: AttentionVectors,
  teacher: AttentionVectors,
  { relations, headCount, mask, weights }: RelationOptions,
): Value {
  const bias = paddingBias(mask);
  const [batch, sequence] = [sizeAt(weights, 0), sizeAt(weights, 1)];
  const ofHeads = multiply(reshape(weights, [batch, 1, sequence, 1]), 1 / headCount);
  const losses = relations.map(([from, to]) => {
    const [own, given] = [student, teacher].map((vectors) =>
      logSoftmax(add(relationScores(vectors[from], vectors[to], headCount), bias)),
    ) as [Value, Value];
    const divergence = sum(multiply(exp(given), subtract(given, own)), [3]); // [batch, heads, sequence, 1]
    return reshape(sum(multiply(divergence, ofHeads)), []);
  });
  return losses.reduce((total, loss) => add(total, loss));
}

/** Scaled products of the vectors of any two tokens: `[batch, headCount, sequence, sequence]`. */
function relationScores(from: Value, to: Value, headCount: number): Value {
  const [a, b] = [from, to].map((vectors) => withHeads(vectors, headCount)) as [Value, Value];
  return matmul(a, b, { transposeB: true, scale: 1 / Math.sqrt(sizeAt(a, -1) as number) });
}

/** `[batch, heads, length, size]` cut into other heads. */
function withHeads(vectors: Value, headCount: number): Value {
  const [batch, heads, length] = vectors.shape as [Dimension, number, Dimension, number];
  if (heads === headCount) return vectors;
  const rows = mergeHeads(vectors);
  const width = sizeAt(rows, 1) as number;
  return transpose(reshape(rows, [batch, length, headCount, width / headCount]), [0, 2, 1, 3]);
}
