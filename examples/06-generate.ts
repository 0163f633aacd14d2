// A small GPT-2 learns how articles of a documentation begin, and goes on with a few words: as they come, by beam
// search with scores, and drawn. A masked language model says which of two sentences is the likelier.
import { loadGenerator, loadScorer, loadTokenizer } from "tsugiki";
import { float32, int64, Random, type Tensor } from "tsugiki/base";
import { batchesFrom, readRows } from "tsugiki/data";
import { input, leaves } from "tsugiki/engine";
import { writeModelDirectory } from "tsugiki/hub";
import { architectureOf, foreignWeights, matchWeights, modelInputs } from "tsugiki/models";
import { forTraining } from "tsugiki/nn";
import { labelLoss } from "tsugiki/objectives";
import { adamW, linearSchedule, Trainer } from "tsugiki/training";

const tokenizer = await loadTokenizer("rootstocks/ja-small");
const [begin, end] = [tokenizer.special.classification!.id, tokenizer.special.separator!.id];
const config = {
  model_type: "gpt2",
  architectures: ["GPT2LMHeadModel"],
  vocab_size: tokenizer.vocabularySize,
  ...{ n_embd: 96, n_layer: 2, n_head: 4, n_positions: 64, resid_pdrop: 0, embd_pdrop: 0, attn_pdrop: 0 },
  ...{ bos_token_id: begin, eos_token_id: end },
};
const architecture = architectureOf(config, "config");
const { heads } = architecture
  .readConfig(config, "config")
  .build("causal-lm", 0, modelInputs("causal-lm"), forTraining());
const loss = labelLoss(
  heads.get("logits")!,
  input("labels", ["batch", "sequence"], "int64"),
  input("weights", ["batch", "sequence"]),
);
const { weights } = matchWeights(
  architecture,
  leaves([loss], "parameter"),
  new Map(),
  new Random(1),
  "config",
);
const trainer = await Trainer.create({
  loss,
  weights,
  optimizer: adamW(),
  schedule: linearSchedule(5e-3, 10, 160),
  maxGradientNorm: 1,
});

const { rows } = await readRows("data/mdn-ja-area/train.jsonl");
const texts = rows
  .slice(0, 320)
  .map(({ fields }) => tokenizer.encode(String(fields["text"]), { maxLength: 33 }).ids);
const lengths = texts.map(() => 32);
for (const { rows: chosen } of batchesFrom({ lengths, batchSize: 16, seed: 1 }, 8)) {
  const batch = Array.from(chosen, (row) => texts[row]!);
  // each token is to be told by those before it
  const grid = (from: number): number[] =>
    batch.flatMap((ids) => Array.from({ length: 32 }, (_, i) => ids[from + i] ?? end));
  const counts = grid(1).map((label) => (label === end ? 0 : 1));
  const total = counts.reduce<number>((sum, one) => sum + one, 0);
  const shape = [batch.length, 32];
  const { step, loss: value } = await trainer.step([
    new Map<string, Tensor>([
      ["ids", int64(shape, grid(0))],
      ["mask", int64(shape, new Array<number>(batch.length * 32).fill(1))],
      ["labels", int64(shape, grid(1))],
      [
        "weights",
        float32(
          shape,
          counts.map((one) => one / total),
        ),
      ],
    ]),
  ]);
  if (step % 40 === 0) console.log(`step ${step}  loss ${value.toFixed(3)}`);
}
await writeModelDirectory("out/example-writer", {
  config,
  weights: foreignWeights(architecture, "causal-lm", await trainer.learner.parameters()),
  files: tokenizer.toFiles(),
});
await trainer.close();

const generator = await loadGenerator("out/example-writer");
process.stdout.write("CSS の");
for await (const piece of generator.stream("CSS の", { maxNewTokens: 16 })) process.stdout.write(piece);
console.log();
const best = await generator.generate("CSS の", { beamCount: 4, returnCount: 2, maxNewTokens: 12 });
for (const { text, score } of best.texts) console.log(score.toFixed(3), text);
const drawn = await generator.generate(["HTML の", "API の"], {
  temperature: 0.8,
  topP: 0.9,
  maxNewTokens: 12,
});
for (const { prompt, texts: written } of drawn) console.log(prompt, written[0]!.text);
await generator.close();

const scorer = await loadScorer("rootstocks/ja-small");
const [right, wrong] = await scorer.score(["要素の外側の余白です。", "要素の余白の外側がです。"]);
console.log("the first is likelier:", right!.logProbability > wrong!.logProbability);
await scorer.close();
