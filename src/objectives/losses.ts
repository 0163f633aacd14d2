import {
  add,
  addOneHot,
  cast,
  crossEntropy,
  exp,
  greater,
  largest,
  log,
  logSoftmax,
  maximum,
  minimum,
  multiply,
  negate,
  reshape,
  scalar,
  shapeSize,
  subtract,
  sum,
  type Value,
} from "../engine/index.js";
import { relu } from "../nn/index.js";

// Every loss is a weighted sum over its items: `weights` says what each item counts, and they add up to 1 over
// the whole optimizer step. So padding, ignored labels and class weights are numbers in a batch, not branches in
// a graph, and a step is the same however it is cut into micro-batches.

/**
 * Cross-entropy of one label an item: logits `[..., classes]`, labels and weights `[...]`. With `smoothing`, so large a
 * share of the probability is wished for all classes alike.
 */
export function labelLoss(logits: Value, labels: Value, weights: Value, smoothing = 0): Value {
  return weightedSum(labelLosses(logits, labels, smoothing), reshape(weights, [shapeSize(weights.shape)]));
}

/** The same of each item, in nats, laid flat: `[items]`. */
export function labelLosses(logits: Value, labels: Value, smoothing = 0): Value {
  const items = shapeSize(labels.shape);
  return crossEntropy(reshape(logits, [items, logits.shape.at(-1)!]), reshape(labels, [items]), smoothing);
}

/**
 * How items fared, each by itself: its loss in nats, and 1 where no other class is likelier than its label, else 0;
 * logits `[items, classes]`, the rest `[items]`.
 */
export function labelTrials(logits: Value, labels: Value): ReadonlyMap<"losses" | "rights", Value> {
  const isLabel = addOneHot(multiply(logits, 0), labels, 1);
  const own = sum(multiply(logits, isLabel), [1]); // [items, 1]
  const beaten = cast(greater(largest(logits, 1), own), "float32");
  return new Map([
    ["losses", labelLosses(logits, labels)],
    ["rights", reshape(subtract(1, beaten), labels.shape)],
  ]);
}

/**
 * Cross-entropy that counts the less the surer the right label is (focal loss, Lin et al. 2017,
 * https://arxiv.org/abs/1708.02002): each item's loss times `(1 - probability)^focus`.
 */
export function focalLoss(logits: Value, labels: Value, weights: Value, focus: number): Value {
  const losses = labelLosses(logits, labels);
  const doubt = maximum(subtract(1, exp(negate(losses))), scalar(1e-12)); // its logarithm stays finite
  const focused = multiply(exp(multiply(log(doubt), focus)), losses);
  return weightedSum(focused, reshape(weights, [shapeSize(weights.shape)]));
}

/**
 * How far a student's classes are from a teacher's, both softened by a temperature (Hinton et al. 2015,
 * https://arxiv.org/abs/1503.02531): `temperature^2 * KL(teacher || student)` of each item; logits `[..., classes]`,
 * weights `[...]`. Nothing flows back to the teacher where its logits are fed.
 */
export function distillationLoss(logits: Value, teacher: Value, weights: Value, temperature: number): Value {
  const soften = (x: Value): Value => logSoftmax(multiply(x, 1 / temperature));
  const [own, given] = [soften(logits), soften(teacher)];
  const divergence = sum(multiply(exp(given), subtract(given, own)), [logits.shape.length - 1]);
  const losses = multiply(reshape(divergence, weights.shape), temperature ** 2);
  return weightedSum(losses, weights);
}

/** Squared error up to 1, which grows in proportion beyond (Huber 1964): half of `d^2`, or `|d| - 1/2`. */
export function smoothAbsoluteLoss(predictions: Value, targets: Value, weights: Value): Value {
  const difference = subtract(predictions, targets);
  const size = maximum(difference, negate(difference));
  const near = minimum(size, scalar(1));
  // near (size - near/2): both pieces in one
  return weightedSum(multiply(near, subtract(size, multiply(near, 0.5))), weights);
}

/** Squared error: predictions and targets of one shape, weights of the same. */
export function squaredErrorLoss(predictions: Value, targets: Value, weights: Value): Value {
  const difference = subtract(predictions, targets);
  return weightedSum(multiply(difference, difference), weights);
}

/** Binary cross-entropy of each class by itself: logits, targets (0 or 1) and weights of one shape. */
export function binaryLoss(logits: Value, targets: Value, weights: Value): Value {
  // max(x, 0) - x y + log(1 + exp(-|x|)), which does not overflow
  const size = maximum(logits, negate(logits)); // |x|, whose gradient at 0 is a number
  const tail = log(add(exp(negate(size)), 1));
  return weightedSum(add(subtract(relu(logits), multiply(logits, targets)), tail), weights);
}

function weightedSum(losses: Value, weights: Value): Value {
  return reshape(sum(multiply(losses, weights)), []);
}
