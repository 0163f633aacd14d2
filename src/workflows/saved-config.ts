import type { JsonObject } from "../base/index.js";
import type { AnyProblem } from "../tasks/task.js";
import type { OpenModel } from "./open-model.js";

/** config.json of a model that was fine-tuned for a problem. */
export function savedConfig(
  model: Pick<OpenModel, "config" | "architecture" | "network">,
  problem: Pick<AnyProblem, "head" | "configFields">,
): JsonObject {
  const { config, architecture } = model;
  const { id2label: _, label2id: __, problem_type: ___, crf: ____, ...rest } = config;
  return {
    ...rest,
    ...paddingField(model, problem),
    architectures: [architecture.classNames.get(problem.head)!],
    ...problem.configFields(),
    dtype: "float32",
  };
}

/**
 * Python's classifiers over models that look back only find the last token of a text by the id of padding, and take no
 * more than one text at once where config.json has none. Then the token that ends texts stands there, as is usual.
 */
function paddingField(
  { config, network }: Pick<OpenModel, "config" | "network">,
  { head }: Pick<AnyProblem, "head">,
): JsonObject {
  const end = config["eos_token_id"];
  const hasPadding = (config["pad_token_id"] ?? null) !== null;
  const readsLast = head === "sequence-classification" && network.decoder !== undefined;
  return readsLast && !hasPadding && typeof end === "number" ? { pad_token_id: end } : {};
}
