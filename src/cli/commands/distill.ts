import { type DistillOptions, distillRows } from "../../workflows/options-distill.js";
import type { Command } from "../command.js";
import { fineTuningOf, renderTraining } from "../training-rendering.js";

/** `tsugiki distill`. */
export const distillCommand: Command<DistillOptions> = {
  name: "distill",
  summary: "teach a smaller model what a larger one knows",
  options: distillRows,
  examples: [
    "distill --teacher bert-base-uncased --student-layers 6 --train-file 'texts/**/*.txt' --validation-split 0.01 --max-steps 20000 --output-dir half-bert",
    "distill --teacher bert-base-uncased --architecture student.json --losses minilm --train-file wiki.jsonl --output-dir small-bert",
    "distill --config run.yaml --output-dir half-bert --resume",
  ],
  async run(options, context) {
    const { distill } = await import("../../workflows/distill.js");
    return renderTraining("distill", (run) => distill(options, run), context, fineTuningOf);
  },
};
