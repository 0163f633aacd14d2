import { type FineTuneOptions, fineTuneRows } from "../../workflows/options.js";
import type { Command } from "../command.js";
import { renderTraining } from "../training-rendering.js";

/** `tsugiki fine-tune`. */
export const fineTuneCommand: Command<FineTuneOptions> = {
  name: "fine-tune",
  summary: "train a published model on your own rows",
  options: fineTuneRows,
  examples: [
    "fine-tune --model rootstocks/ja-small --train-file areas.jsonl --validation-file dev.jsonl --output-dir my-model",
    "fine-tune --model my-bert --train-file rows.csv --validation-split 0.1 --epochs 5 --output-dir my-model",
    "fine-tune --model my-bert --data-dir ner --output-dir tagger      (CoNLL files train, dev, test)",
    "fine-tune --config run.yaml --seeds 1,2,3 --output-dir runs/three-seeds",
    "fine-tune --config run.yaml --output-dir my-model --resume",
  ],
  async run(options, context) {
    const { fineTune } = await import("../../workflows/fine-tune.js");
    return renderTraining("fine-tune", (run) => fineTune(options, run), context);
  },
};
