import type { RunContext } from "./events.js";
import { type FineTuneResult, runTraining } from "./fine-tune.js";
import { openArchitecture } from "./open-architecture.js";
import { checkOptions, type TrainOptions, trainRows } from "./options.js";

/**
 * Train a model from scratch, on rows or on running text: as `fineTune`, but for the weights, which are drawn by the
 * seed.
 *
 * ```ts
 * const run = await train({
 *   task: "language-modelling",
 *   architecture: "gpt2-small.json",
 *   tokenizer: "my-tokenizer",
 *   train: "text.txt",
 *   validationSplit: 0.1,
 *   outputDirectory: "my-gpt",
 * });
 * console.log(run.metrics.perplexity);
 * ```
 */
export async function train(options: TrainOptions, context: RunContext = {}): Promise<FineTuneResult> {
  checkOptions(trainRows, options);
  const { architecture, ...rest } = options;
  return runTraining({ ...rest, model: architecture }, context, openArchitecture);
}
