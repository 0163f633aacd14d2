import type { TaskForm } from "../../data/columns.js";
import type { FineTuneResult } from "../../workflows/fine-tune-result.js";
import { type FineTuneOptions, fineTuneRows } from "../../workflows/options.js";
import type { Command, CommandContext } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { metricTable, spreadTable } from "../metric-table.js";
import { renderRun, savedLines } from "../run-rendering.js";
import { shellLine } from "../shell-text.js";
import { countText, visibleText } from "../terminal/index.js";

/** `tsugiki fine-tune`. */
export const fineTuneCommand: Command<FineTuneOptions> = {
  name: "fine-tune",
  summary: "train a published model on your own rows",
  options: fineTuneRows,
  examples: [
    "fine-tune --model rootstocks/ja-mini --train-file areas.jsonl --validation-file dev.jsonl --output-dir my-model",
    "fine-tune --model my-bert --train-file rows.csv --validation-split 0.1 --epochs 5 --output-dir my-model",
    "fine-tune --model my-bert --data-dir ner --output-dir tagger      (CoNLL files train, dev, test)",
    "fine-tune --config run.yaml --seeds 1,2,3 --output-dir runs/three-seeds",
    "fine-tune --config run.yaml --output-dir my-model --resume",
  ],
  async run(options, context) {
    const { fineTune } = await import("../../workflows/fine-tune.js");
    const { reporter, json, output, signal, clock } = context;
    const rendering = renderRun(reporter, clock);
    const result = await fineTune(options, { events: rendering.events, signal });
    if (json) output.write(`${JSON.stringify(result, null, 2)}\n`);
    if (result.interrupted) {
      reporter.section("stopped", [
        result.checkpoint === undefined
          ? "before the first step; nothing is saved"
          : `saved in ${visibleText(result.checkpoint)}; the run goes on from there`,
      ]);
      reporter.section("next", [resumeLine(context)]);
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
    const input = sampleInputs[rendering.task() as TaskForm];
    const { outputDirectory: directory, files } = result;
    reporter.section("saved", savedLines({ directory, files }));
    reporter.section("next", [shellLine(["predict", "--model", directory, input])]);
    return exitCodes.done;
  },
};

function planText({ plan }: FineTuneResult): string {
  return [
    `${countText(plan.totalSteps)} steps`,
    `${countText(plan.stepsPerEpoch)} an epoch`,
    `batches of ${countText(plan.batchSize)}`,
    `warm-up ${countText(plan.warmupSteps)} steps`,
    "nothing was written",
  ].join(", ");
}

/** The same line once more, with `--resume`, and without leave to begin anew. */
function resumeLine({ words }: CommandContext): string {
  const kept = words.filter((word) => !/^--overwrite(?:[-_]output[-_]dir)?(?:=|$)/.test(word));
  const resumed = kept.some((word) => /^--resume(?:[-_]from[-_]checkpoint)?(?:=|$)/.test(word));
  return shellLine(["fine-tune", ...kept, ...(resumed ? [] : ["--resume"])]);
}

const sampleInputs: Readonly<Record<TaskForm, string>> = {
  "text-classification": "a text to classify",
  "token-classification": "a text with names in it",
  "question-answering": '{"question": "...", "context": "..."}',
  "multiple-choice": '{"context": "...", "choices": ["...", "..."]}',
};
