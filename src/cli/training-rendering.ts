import type { TaskForm } from "../data/columns.js";
import type { RunContext } from "../workflows/events.js";
import type { FineTuneResult, TrainingResult } from "../workflows/fine-tune-result.js";
import type { CommandContext } from "./command.js";
import { exitCodes } from "./exit-codes.js";
import { metricTable, spreadTable } from "./metric-table.js";
import { renderRun, savedLines } from "./run-rendering.js";
import { shellLine } from "./shell-text.js";
import { countText, visibleText } from "./terminal/index.js";

/** What a command that trains came to; of fine-tuning there is more. */
type Outcome = TrainingResult & Partial<Pick<FineTuneResult, "testMetrics" | "seeds">>;

/** The words of what follows a pre-training: a fine-tuning of its model. */
export function fineTuningOf(directory: string): string[] {
  return [
    ...["fine-tune", "--model", directory, "--train-file", "rows.jsonl"],
    ...["--validation-split", "0.1", "--output-dir", "my-model"],
  ];
}

/** Do the work of a command that trains, telling it as it goes on and what came of it; returns the exit code. `next`
 *  gives the words of what a person may do with the model; default: predict. */
export async function renderTraining(
  command: string,
  work: (context: RunContext) => Promise<Outcome>,
  context: CommandContext,
  next?: (directory: string) => string[],
): Promise<number> {
  const { reporter, json, output, signal, clock } = context;
  const rendering = renderRun(reporter, clock);
  const result = await work({ events: rendering.events, signal });
  if (json) output.write(`${JSON.stringify(result, null, 2)}\n`);
  if (result.interrupted) {
    reporter.section("stopped", [
      result.checkpoint === undefined
        ? "before the first step; nothing is saved"
        : `saved in ${visibleText(result.checkpoint)}; the run goes on from there`,
    ]);
    reporter.section("next", [resumeLine(command, context)]);
    return exitCodes.interrupted;
  }
  if (result.dryRun) {
    reporter.section("plan", [planText(result)]);
    return exitCodes.done;
  }
  const table = result.seeds === undefined ? rendering.table() : spreadTable(result.seeds);
  if (table !== undefined) reporter.table(table);
  if (result.testMetrics !== undefined) {
    reporter.line("on the test rows");
    reporter.table(metricTable(result.testMetrics));
  }
  const { outputDirectory: directory, files } = result;
  reporter.section("saved", savedLines({ directory, files }));
  const predict = ["predict", "--model", directory, sampleInputs[rendering.task() as TaskForm]];
  reporter.section("next", [shellLine(next?.(directory) ?? predict)]);
  return exitCodes.done;
}

function planText({ plan }: TrainingResult): string {
  return [
    `${countText(plan.totalSteps)} steps`,
    `${countText(plan.stepsPerEpoch)} an epoch`,
    `batches of ${countText(plan.batchSize)}`,
    `warm-up ${countText(plan.warmupSteps)} steps`,
    "nothing was written",
  ].join(", ");
}

/** The same line once more, with `--resume`, and without leave to begin anew. */
function resumeLine(command: string, { words }: CommandContext): string {
  const kept = words.filter((word) => !/^--overwrite(?:[-_]output[-_]dir)?(?:=|$)/.test(word));
  const resumed = kept.some((word) => /^--resume(?:[-_]from[-_]checkpoint)?(?:=|$)/.test(word));
  return shellLine([command, ...kept, ...(resumed ? [] : ["--resume"])]);
}

const sampleInputs: Readonly<Record<TaskForm, string>> = {
  "text-classification": "a text to classify",
  "token-classification": "a text with names in it",
  "question-answering": '{"question": "...", "context": "..."}',
  "language-modelling": "a text to be scored",
  "masked-language-modelling": "a text of which tokens are hidden",
  "multiple-choice": '{"context": "...", "choices": ["...", "..."]}',
  translation: "a text to be translated",
  summarisation: "a text to be summarised",
  dialogue: "something to reply to",
};
