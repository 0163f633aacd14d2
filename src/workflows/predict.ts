import { type JsonObject, OptionError } from "../base/index.js";
import { guessColumns } from "../data/columns.js";
import { readRows } from "../data/files.js";
import { writeFileAtomically } from "../hub/index.js";
import { checkOutputFile } from "./evaluate.js";
import type { RunContext } from "./events.js";
import { columnsOf, readExamples } from "./load-data.js";
import { checkOptions, type PredictOptions, predictRows } from "./options.js";
import { describePredictions, openForUse } from "./pipeline.js";
import { jsonLines } from "./run-record.js";

export interface PredictResult {
  /** One object an input: the label and its probability, what was truncated, ... */
  readonly predictions: readonly JsonObject[];
  readonly task: string;
  readonly runtime: string;
  readonly outputFile: string | undefined;
}

/**
 * Predict inputs or the rows of a file.
 *
 * ```ts
 * const { predictions } = await predict({ model: "my-model", inputs: ["要素の外側の余白を設定します"] });
 * ```
 */
export async function predict(options: PredictOptions, context: RunContext = {}): Promise<PredictResult> {
  checkOptions(predictRows, options);
  if (options.inputs === undefined && options.file === undefined)
    throw new OptionError("expected texts to predict, got none", {
      hint: 'npx tsugiki predict --model DIR "a text", or --file rows.jsonl',
    });
  await checkOutputFile(options);
  const ready = await openForUse(options, { withLoss: false });
  try {
    const { task, problem, learner } = ready;
    const examples: unknown[] = (options.inputs ?? []).map((input) => task.exampleOf(input));
    if (options.file !== undefined) {
      const rows = await readRows(options.file, { textRunsOn: task.keepsOrder ?? false });
      const columns = guessColumns(task.name, rows, columnsOf(options));
      examples.push(...(await readExamples(task, options.file, rows, columns)).examples);
    }
    const result = await ready.run(examples, context);
    const predictions = describePredictions(problem, examples, result.predictions, result.items);
    if (options.outputFile !== undefined)
      await writeFileAtomically(options.outputFile, [jsonLines(predictions)]);
    return {
      predictions,
      task: task.name,
      runtime: await learner.describe(),
      outputFile: options.outputFile,
    };
  } finally {
    await ready.close();
  }
}
