// Language modelling: to guess each token from those before it (Bengio et al. 2003,
// https://www.jmlr.org/papers/v3/bengio03a.html).
import { float32, int64, type Tensor } from "../base/index.js";
import { input, type Value } from "../engine/index.js";
import { type ModelInputs, type ModelOutputs, modelInputs } from "../models/index.js";
import { labelLoss, labelLosses } from "./losses.js";

/** Inputs of a model that is to guess what comes next; the head is computed at the places that count alone. */
export function causalLmInputs(): ModelInputs {
  return { ...modelInputs("causal-lm"), predictedRows: input("predictedRows", ["predicted"], "int64") };
}

/** Cross-entropy of the tokens that come next, for a model built with the head `causal-lm` on `causalLmInputs`. */
export function causalLmLoss(outputs: ModelOutputs): Value {
  return labelLoss(outputs.heads.get("logits")!, labels(), input("weights", ["predicted"]));
}

/** The same of each token by itself, in nats: `[predicted]`. */
export function causalLmLosses(outputs: ModelOutputs): Value {
  return labelLosses(outputs.heads.get("logits")!, labels());
}

const labels = (): Value => input("labels", ["predicted"], "int64");

/** What of a text is to be guessed. */
export interface NextTokens {
  /** Places of the text after which a token is guessed, rising. */
  readonly places: Int32Array; // [predicted]
  /** The token that follows each: labels are shifted here, not in the graph. */
  readonly labels: Int32Array; // [predicted]
}

/**
 * What a batch of texts, padded to `length`, feeds to the graph beside ids and mask. `totalCount` is the number of
 * guessed tokens in all micro-batches of the step, so that the loss is the mean over them.
 */
export function causalLmFeeds(
  rows: readonly NextTokens[],
  length: number,
  totalCount: number,
): Map<string, Tensor> {
  const count = rows.reduce((sum, { labels }) => sum + labels.length, 0);
  const [predictedRows, labels] = [new Int32Array(count), new Int32Array(count)];
  let at = 0;
  for (const [row, next] of rows.entries()) {
    for (const [i, place] of next.places.entries()) predictedRows[at + i] = row * length + place;
    labels.set(next.labels, at);
    at += next.labels.length;
  }
  return new Map<string, Tensor>([
    ["predictedRows", int64([count], predictedRows)],
    ["labels", int64([count], labels)],
    ["weights", float32([count], new Float32Array(count).fill(1 / totalCount))],
  ]);
}
