// Language modelling: to guess each token from those before it (Bengio et al. 2003,
// https://www.jmlr.org/papers/v3/bengio03a.html).
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
