import { type AdaptOptions, adaptRows } from "../../workflows/options-adapt.js";
import type { Command } from "../command.js";
import { fineTuningOf, renderTraining } from "../training-rendering.js";

/** `tsugiki adapt`. */
export const adaptCommand: Command<AdaptOptions> = {
  name: "adapt",
  summary: "go on pre-training a model on texts of a domain",
  options: adaptRows,
  examples: [
    "adapt --model bert-base-uncased --train-file 'manuals/**/*.txt' --validation-split 0.01 --max-steps 5000 --output-dir bert-manuals",
    "adapt --model rootstocks/ja-small --train-file manuals.jsonl --vocabulary extend --new-pieces 2000 --epochs 3 --output-dir ja-manuals",
    "adapt --config run.yaml --output-dir bert-manuals --resume",
  ],
  async run(options, context) {
    const { adapt } = await import("../../workflows/adapt.js");
    return renderTraining("adapt", (run) => adapt(options, run), context, fineTuningOf);
  },
};
