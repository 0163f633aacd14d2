import { join } from "node:path";
import type { Tensor } from "../base/index.js";
import { writeModelDirectory, writeModelFiles } from "../hub/index.js";
import { foreignWeights } from "../models/index.js";
import type { AdaptedMatrix } from "../nn/index.js";
import type { Companion } from "../tasks/pretraining/index.js";
import type { AnyProblem } from "../tasks/task.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { adapterOf, mergeAdapter, writeAdapter } from "./adapter.js";
import type { OpenModel } from "./open-model.js";
import type { FilledFineTuneOptions } from "./options.js";
import { savedConfig } from "./saved-config.js";

/**
 * Write a fine-tuned model into its output directory. An adapter is merged into the matrices it stands beside, so that
 * the model is one like any other, and is also left by itself in `adapter/`.
 */
export async function saveFineTuned(
  options: FilledFineTuneOptions,
  model: OpenModel,
  problem: AnyProblem,
  parameters: ReadonlyMap<string, Tensor<"float32">>,
  matrices: readonly AdaptedMatrix[],
  tokenizer: Tokenizer,
): Promise<void> {
  const { outputDirectory, dtype } = options;
  const { architecture } = model;
  const adapter = adapterOf(options, architecture);
  let merged = parameters;
  if (adapter !== undefined) {
    const directory = join(outputDirectory, "adapter");
    await writeAdapter(directory, model, problem.head, parameters, adapter, matrices);
    merged = mergeAdapter(parameters, adapter, matrices);
  }
  await saveTrained({ outputDirectory, dtype }, model, problem, merged, tokenizer);
}

/** Write a model that was trained into its output directory. */
export async function saveTrained(
  { outputDirectory, dtype }: Pick<FilledFineTuneOptions, "outputDirectory" | "dtype">,
  model: OpenModel,
  problem: Pick<AnyProblem, "head" | "configFields">,
  parameters: ReadonlyMap<string, Tensor<"float32">>,
  tokenizer: Tokenizer,
): Promise<void> {
  const weights = foreignWeights(model.architecture, problem.head, parameters);
  const config = { ...savedConfig(model, problem), dtype };
  await writeModelFiles(outputDirectory, { config, weights, files: tokenizer.toFiles() }, { dtype });
}

/** Write a model that was trained beside another into its folder in that one's output directory. */
export async function saveCompanion(
  { outputDirectory, dtype }: Pick<FilledFineTuneOptions, "outputDirectory" | "dtype">,
  { architecture }: Pick<OpenModel, "architecture">,
  { folder, head, config, weightsOf }: Companion,
  parameters: ReadonlyMap<string, Tensor<"float32">>,
  tokenizer: Tokenizer,
): Promise<string> {
  const directory = join(outputDirectory, folder);
  const weights = foreignWeights(architecture, head, weightsOf(parameters));
  const content = { config: { ...config, dtype }, weights, files: tokenizer.toFiles() };
  await writeModelDirectory(directory, content, { dtype });
  return directory;
}
