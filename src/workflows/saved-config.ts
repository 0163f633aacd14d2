import type { JsonObject } from "../base/index.js";
import type { AnyProblem } from "../tasks/task.js";
import type { OpenModel } from "./open-model.js";

/** config.json of a model that was fine-tuned for a problem. */
export function savedConfig({ config, architecture }: OpenModel, problem: AnyProblem): JsonObject {
  const { id2label: _, label2id: __, problem_type: ___, ...rest } = config;
  return {
    ...rest,
    architectures: [architecture.classNames.get(problem.head)!],
    ...problem.configFields(),
    dtype: "float32",
  };
}
