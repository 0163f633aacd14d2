import { type PretrainOptions, pretrainRows } from "../../workflows/options.js";
import type { Command } from "../command.js";
import { fineTuningOf, renderTraining } from "../training-rendering.js";

/** `tsugiki pretrain`. */
export const pretrainCommand: Command<PretrainOptions> = {
  name: "pretrain",
  summary: "train a new model on text without labels",
  options: pretrainRows,
  examples: [
    "pretrain --architecture bert-mini --tokenizer my-tokenizer --train-file 'texts/**/*.txt' --validation-split 0.01 --max-steps 20000 --output-dir my-bert",
    "pretrain --objective causal-lm --architecture gpt2-mini --tokenizer my-tokenizer --train-file wiki.jsonl --train-file news.txt.gz --weights 3,1 --validation-file dev.txt --output-dir my-gpt",
    "pretrain --config run.yaml --output-dir my-bert --resume",
  ],
  async run(options, context) {
    const { pretrain } = await import("../../workflows/pretrain.js");
    return renderTraining("pretrain", (run) => pretrain(options, run), context, fineTuningOf);
  },
};
