// One level below fineTune: a loop of one's own over the parts that it is made of.
import { loadModel, loadTokenizer } from "tsugiki";
import { float32, int64, type Tensor } from "tsugiki/base";
import { batchesFrom, readRows } from "tsugiki/data";
import { input } from "tsugiki/engine";
import { labelLoss } from "tsugiki/objectives";
import { padBatch } from "tsugiki/tokenizers";
import { adamW, linearSchedule, Trainer } from "tsugiki/training";

const { rows } = await readRows("data/mdn-ja-area/train.jsonl");
const examples = rows.slice(0, 160).map(({ fields }) => ({
  text: String(fields["text"]),
  label: String(fields["label"]),
}));
const areas = [...new Set(examples.map(({ label }) => label))].sort();

const tokenizer = await loadTokenizer("rootstocks/ja-small");
const model = await loadModel("rootstocks/ja-small", { head: "sequence-classification", labels: areas });
const loss = labelLoss(
  model.training.heads.get("logits")!,
  input("labels", ["batch"], "int64"),
  input("weights", ["batch"]),
);
const trainer = await Trainer.create({
  loss,
  forwards: new Map([["predict", model.inference.heads]]),
  weights: model.weights,
  optimizer: adamW(),
  schedule: linearSchedule(5e-4, 2, 20),
  maxGradientNorm: 1,
});

const encodings = examples.map(({ text }) => tokenizer.encode(text, { maxLength: 64 }));

/** The inputs of some examples: `[batch, sequence]`. */
function modelFeeds(chosen: ArrayLike<number>): Map<string, Tensor> {
  const { size, length, ids, mask, typeIds } = padBatch(
    Array.from(chosen, (i) => encodings[i]!),
    { padId: tokenizer.special.pad!.id },
  );
  return new Map([
    ["ids", int64([size, length], ids)],
    ["mask", int64([size, length], mask)],
    ["typeIds", int64([size, length], typeIds)],
  ]);
}

/** Their labels. What the examples of a step count in its loss adds up to 1. */
function labelFeeds(chosen: ArrayLike<number>): Map<string, Tensor> {
  const labels = Array.from(chosen, (i) => areas.indexOf(examples[i]!.label));
  const weights = labels.map(() => 1 / labels.length);
  return new Map<string, Tensor>([
    ["labels", int64([labels.length], labels)],
    ["weights", float32([labels.length], weights)],
  ]);
}

const lengths = encodings.map(({ ids }) => ids.length);
for (const { rows: chosen } of batchesFrom({ lengths, batchSize: 16, seed: 1 }, 2)) {
  const { step, loss, gradientNorm } = await trainer.step([
    new Map([...modelFeeds(chosen), ...labelFeeds(chosen)]),
  ]);
  console.log(`step ${step}  loss ${loss.toFixed(3)}  gradient norm ${gradientNorm.toFixed(2)}`);
}

const outputs = await trainer.learner.forward("predict", modelFeeds([0]));
const logits = Array.from(outputs.get("logits")!.data, Number);
console.log(examples[0]!.text.slice(0, 30), "->", areas[logits.indexOf(Math.max(...logits))]);

await model.save("out/example-loop", { weights: await trainer.learner.parameters(), tokenizer });
await trainer.close();
