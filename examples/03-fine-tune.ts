// Fine-tune a small Japanese encoder on part of a set of texts with labels, and use what came out.
import { fineTune, loadPipeline } from "tsugiki";

const run = await fineTune({
  model: "rootstocks/ja-small",
  train: "data/mdn-ja-area/train.jsonl",
  validation: "data/mdn-ja-area/valid.jsonl",
  outputDirectory: "out/example-areas",
  overwrite: true,
  maxTrainExamples: 640,
  maxValidationExamples: 80,
  learningRate: 5e-4,
  epochs: 1,
});
console.log(run.metrics["accuracy"], run.files);

const classify = await loadPipeline("out/example-areas");
console.log(await classify("要素の外側の余白を設定します。"));
await classify.close();
