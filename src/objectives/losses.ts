import {
  absolute,
  add,
  crossEntropy,
  exp,
  log,
  multiply,
  negate,
  reshape,
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

/** Squared error: predictions and targets of one shape, weights of the same. */
export function squaredErrorLoss(predictions: Value, targets: Value, weights: Value): Value {
  const difference = subtract(predictions, targets);
  return weightedSum(multiply(difference, difference), weights);
}

/** Binary cross-entropy of each class by itself: logits, targets (0 or 1) and weights of one shape. */
export function binaryLoss(logits: Value, targets: Value, weights: Value): Value {
  // max(x, 0) - x y + log(1 + exp(-|x|)), which does not overflow
  const tail = log(add(exp(negate(absolute(logits))), 1));
  return weightedSum(add(subtract(relu(logits), multiply(logits, targets)), tail), weights);
}

function weightedSum(losses: Value, weights: Value): Value {
  return reshape(sum(multiply(losses, weights)), []);
}
