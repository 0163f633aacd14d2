import { OptionError } from "../base/index.js";
import { guessColumns } from "../data/columns.js";
import { readRows } from "../data/files.js";
import { reportSet, type SetReport } from "../data/report.js";
import { statIfThere } from "../hub/files-read.js";
import { writeFileAtomically } from "../hub/index.js";
import type { Evaluation } from "../tasks/task.js";
import { comparedWords } from "./compared-words.js";
import type { RunContext } from "./events.js";
import { checkedSet, columnsOf, readExamples } from "./load-data.js";
import { checkOptions, type EvaluateOptions, evaluateRows } from "./options.js";
import { describePredictions, openForUse } from "./pipeline.js";
import { jsonLines } from "./run-record.js";
import { tellNotes } from "./tell-notes.js";

/** How a model does on rows with labels. */
export interface EvaluateResult {
  readonly metrics: Readonly<Record<string, number>>;
  readonly loss: number | undefined;
  readonly evaluation: Evaluation;
  readonly report: SetReport;
  readonly seconds: number;
  readonly runtime: string;
  /** Where the predictions were written, if asked for. */
  readonly outputFile: string | undefined;
}

/**
 * Try a fine-tuned model on rows with labels.
 *
 * ```ts
 * const { metrics } = await evaluate({ model: "my-model", data: "areas-dev.jsonl" });
 * ```
 */
export async function evaluate(options: EvaluateOptions, context: RunContext = {}): Promise<EvaluateResult> {
  checkOptions(evaluateRows, options);
  await checkOutputFile(options);
  const ready = await openForUse(options, { withLoss: true });
  try {
    const { task, problem, model, learner } = ready;
    const rows = await readRows(options.data, { textRunsOn: task.keepsOrder ?? false });
    const columns = guessColumns(task.name, rows, columnsOf(options));
    const set = await readExamples(task, options.data, rows, columns);
    const examples = set.examples.slice(0, options.maxExamples);
    const { events } = context;
    const runtime = await learner.describe();
    events?.model?.({
      name: model.name,
      description: model.network.description,
      parameterCount: ready.parameterCount,
      problem: problem.description,
      newParameters: [],
      unusedWeights: [],
    });
    events?.runtime?.({ description: runtime });
    const started = performance.now();
    const { predictions, items, loss } = await ready.run(examples, context);
    const seconds = (performance.now() - started) / 1000;
    tellNotes(problem, { examples, items }, events);
    const words = await comparedWords(problem, examples, events);
    const evaluation: Evaluation = problem.evaluate(examples, predictions, words);
    if (options.outputFile !== undefined) {
      const lines = jsonLines(describePredictions(problem, examples, predictions, items));
      await writeFileAtomically(options.outputFile, [lines]);
    }
    return {
      metrics: evaluation.metrics,
      loss,
      evaluation,
      report: reportSet(checkedSet(problem, { ...set, examples, items })),
      seconds,
      runtime,
      outputFile: options.outputFile,
    };
  } finally {
    await ready.close();
  }
}

/** A file of predictions is not written over unless that is asked for. */
export async function checkOutputFile({
  outputFile,
  overwrite,
}: {
  outputFile?: string;
  overwrite?: boolean;
}): Promise<void> {
  if (outputFile === undefined || overwrite === true || (await statIfThere(outputFile)) === undefined) return;
  throw new OptionError(`--output-file ${outputFile}: the file is there already`, {
    hint: "name another, or say --overwrite",
  });
}
