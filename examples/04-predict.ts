// Use the model that 03-fine-tune.ts leaves: several texts at once, a whole file, and its score on labelled rows.
import { evaluate, loadPipeline, predict } from "tsugiki";

const model = "out/example-areas";

const classify = await loadPipeline(model, { threads: 1 });
console.log(`${classify.task} on ${classify.runtime}, labels ${classify.labels.join(", ")}`);
for (const { text, label, score } of await classify([
  "要素の外側の余白を設定します。",
  "リクエストのヘッダーを読み取ります。",
]))
  console.log(text, label, score);
await classify.close();

const { predictions, outputFile } = await predict({
  model,
  file: "data/mdn-ja-area/valid.jsonl",
  outputFile: "out/example-areas-predictions.jsonl",
  overwrite: true,
});
console.log(`${predictions.length} predictions in ${outputFile}`);

const { metrics } = await evaluate({ model, data: "data/mdn-ja-area/valid.jsonl" });
console.log(metrics);
