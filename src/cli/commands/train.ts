import { type TrainOptions, trainRows } from "../../workflows/options.js";
import type { Command } from "../command.js";
import { renderTraining } from "../training-rendering.js";

/** `tsugiki train`. */
export const trainCommand: Command<TrainOptions> = {
  name: "train",
  summary: "train a model from scratch",
  options: trainRows,
  examples: [
    "train --task language-modelling --architecture gpt2-small.json --tokenizer my-tokenizer --train-file text.txt --validation-split 0.1 --output-dir my-gpt",
    "train --task translation --architecture transformer.json --tokenizer my-tokenizer --train-file pairs.tsv --validation-file dev.tsv --output-dir my-translator",
    "train --architecture bert.json --tokenizer my-tokenizer --train-file rows.jsonl --validation-file dev.jsonl --output-dir my-model",
  ],
  async run(options, context) {
    const { train } = await import("../../workflows/train.js");
    return renderTraining("train", (run) => train(options, run), context);
  },
};
