// The small encoder in rootstocks/ja-mini: a vocabulary and a short masked-LM run, from the corpora in ../shared.
//
//   node dist/recipes/ja-mini.js --steps 5000 --output-dir out/ja-mini
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { float32, type JsonObject, Random, type Tensor } from "../src/base/index.js";
import { leaves } from "../src/engine/index.js";
import { writeModelFiles } from "../src/hub/index.js";
import { architectureOf, foreignWeights, matchWeights } from "../src/models/index.js";
import { forInference } from "../src/nn/index.js";
import {
  type MaskingOptions,
  maskedLmFeeds,
  maskedLmInputs,
  maskedLmLoss,
  maskTokens,
} from "../src/objectives/masked-lm.js";
import type { PaddedBatch, Tokenizer } from "../src/tokenizers/index.js";
import { adamW } from "../src/training/optimizers/index.js";
import { linearSchedule } from "../src/training/schedules/index.js";
import { Trainer } from "../src/training/trainer.js";
import { corpusLines } from "./corpus.js";
import { learnTokenizer } from "./ja-mini-tokenizer.js";
import { packBlocks } from "./packing.js";

const corpora = [
  ...["01", "02", "03"].map((n) => `ja-modern/jaquad-wikipedia-${n}`),
  ...["01", "02", "03"].map((n) => `ja-modern/wikipedia-kyoto-${n}`),
  "ja-modern/tanaka-sentences",
  ...["01", "02"].map((n) => `ja-literary/aozora-${n}`),
  // a little English, since Japanese texts quote it
  "en-general/masc-written",
  "en-general/wikipedia-kyoto-translated",
].map((name) => `${name}.txt.gz`);

const seed = 1;
const rate = 1e-3;
const weightDecay = 0.01;
const maxGradientNorm = 1;
const blocksPerStep = 4;
/** Twice BERT's: in a run this short, more guesses a text teach more (Wettig et al. 2022, https://arxiv.org/abs/2202.08005). */
const maskingRate = 0.3;
const initialDeviation = 0.06;
/** A block is read whole with `[CLS]` and `[SEP]`, or as two halves. */
const blockSize = 254;
/** Every so many steps blocks are read whole, so that all positions are learnt; halves are cheaper. */
const wholeEvery = 8;
/** One block in so many is held out, to measure on. */
const heldOutEvery = 100;
const saveEvery = 500;

/** config.json; the dropout is for fine-tuning, this run goes over its text once and needs none. */
const config = (vocabularySize: number): JsonObject => ({
  architectures: ["BertForMaskedLM"],
  model_type: "bert",
  vocab_size: vocabularySize,
  hidden_size: 192,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  intermediate_size: 768,
  hidden_act: "gelu",
  max_position_embeddings: blockSize + 2,
  type_vocab_size: 2,
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  // scores of attention must differ from the start, or long nothing is learnt but frequencies; rows of 192 need more than BERT's 0.02
  initializer_range: initialDeviation,
  layer_norm_eps: 1e-12,
  pad_token_id: 0,
});

const { values: options } = parseArgs({
  options: {
    corpora: { type: "string", default: "../shared/corpora" },
    steps: { type: "string", default: "5000" },
    threads: { type: "string", default: "2" },
    "output-dir": { type: "string", default: "out/ja-mini" },
  },
});
await main(options.corpora, options["output-dir"], Number(options.steps), Number(options.threads));

async function main(folder: string, output: string, steps: number, threads: number): Promise<void> {
  const log = async (entry: JsonObject): Promise<void> => {
    const line = `${JSON.stringify(entry)}\n`;
    process.stdout.write(line);
    await appendFile(join(output, "log.jsonl"), line);
  };
  await mkdir(output, { recursive: true });
  const tokenizer = learnTokenizer(corpusLines(folder, corpora), blockSize + 2);
  const blocks = [...packBlocks(corpusLines(folder, corpora), tokenizer, blockSize)];
  const heldOut = blocks.filter((_, i) => i % heldOutEvery === 0);
  const training = blocks.filter((_, i) => i % heldOutEvery !== 0);
  await log({
    vocabulary: tokenizer.vocabularySize,
    trainingTokens: training.length * blockSize,
    heldOutTokens: heldOut.length * blockSize,
  });

  const { trainer, save } = await prepare(tokenizer, training, steps, threads);
  const masking = maskingOptions(tokenizer);
  let epoch = -1;
  let order: Uint32Array = new Uint32Array();
  let lossSum = 0;
  const started = performance.now();
  for (let step = 1; step <= steps; step++) {
    const first = ((step - 1) * blocksPerStep) % (training.length - blocksPerStep);
    const epochNow = Math.floor(((step - 1) * blocksPerStep) / (training.length - blocksPerStep));
    if (epochNow !== epoch) order = new Random(seed).fork("blocks", epochNow).permutation(training.length);
    epoch = epochNow;
    const chosen = Array.from(order.subarray(first, first + blocksPerStep), (i) => training[i]!);
    const batch = step % wholeEvery === 0 ? frame(chosen, 1, tokenizer) : frame(chosen, 2, tokenizer);
    const masked = maskTokens(batch, masking, seed, step);
    const { loss, learningRate, gradientNorm } = await trainer.step([maskedLmFeeds(batch, masked)]);
    lossSum += loss;
    if (step % 50 === 0) {
      const seconds = Math.round((performance.now() - started) / 1000);
      await log({ step, loss: lossSum / 50, learningRate, gradientNorm, seconds });
      lossSum = 0;
    }
    if (step % saveEvery === 0 || step === steps) {
      await log({ step, ...(await measure(trainer, heldOut, tokenizer)) });
      await save(output);
    }
  }
  await trainer.close();
}

/** A trainer of a new model, and how to save what it holds. */
async function prepare(
  tokenizer: Tokenizer,
  training: readonly Int32Array[],
  steps: number,
  threads: number,
): Promise<{ trainer: Trainer; save: (output: string) => Promise<void> }> {
  const settings = config(tokenizer.vocabularySize);
  const architecture = architectureOf(settings, "config.json");
  const network = architecture.readConfig(settings, "config.json");
  const outputs = network.build("masked-lm", 0, maskedLmInputs(), forInference());
  const loss = maskedLmLoss(outputs);
  const { weights } = matchWeights(
    architecture,
    leaves([loss], "parameter"),
    new Map(),
    new Random(seed).fork("weights"),
    "config.json",
  );
  const trainer = await Trainer.create({
    loss,
    forwards: new Map([["held out", new Map([...outputs.heads, ["loss", loss]])]]),
    weights: new Map([
      ...weights,
      ["embeddings.position.weight", sinusoids(network.maxLength, network.hiddenSize)],
      ["prediction.bias", logFrequencies(training, tokenizer.vocabularySize)],
    ]),
    optimizer: adamW({ betas: [0.9, 0.98], epsilon: 1e-6, weightDecay }),
    schedule: linearSchedule(rate, Math.ceil(steps * 0.06), steps),
    maxGradientNorm,
    seed,
    runtime: { threads },
  });
  const save = async (output: string): Promise<void> => {
    const trained = foreignWeights(architecture, "masked-lm", await trainer.learner.parameters());
    await writeModelFiles(
      output,
      { config: settings, weights: trained, files: tokenizer.toFiles() },
      { dtype: "float16" },
    );
  };
  return { trainer, save };
}

/**
 * Where the position table starts: waves, as in Vaswani et al. 2017, section 3.5, so that neighbours are near each
 * other before anything is learnt. As long as rows of word embeddings.
 */
function sinusoids(count: number, size: number): Tensor<"float32"> {
  const data = Array.from({ length: count * size }, (_, i) => {
    const [position, column] = [Math.floor(i / size), i % size];
    const angle = position / 10_000 ** ((column - (column % 2)) / size);
    return initialDeviation * Math.SQRT2 * (column % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
  });
  return float32([count, size], data);
}

/** Where the scores of the vocabulary start: what is known without any context need not be learnt. */
function logFrequencies(blocks: readonly Int32Array[], vocabularySize: number): Tensor<"float32"> {
  const counts = new Float64Array(vocabularySize).fill(1);
  for (const block of blocks) for (const id of block) counts[id]!++;
  return float32(
    [vocabularySize],
    counts.map((count) => Math.log(count / (blocks.length * blockSize))),
  );
}

/** Blocks as rows: each in so many parts, with `[CLS]` and `[SEP]` around a part. */
function frame(blocks: readonly Int32Array[], parts: number, tokenizer: Tokenizer): PaddedBatch {
  const textLength = blockSize / parts;
  const length = textLength + 2;
  const size = blocks.length * parts;
  const ids = new Int32Array(size * length);
  for (let row = 0; row < size; row++) {
    const start = (row % parts) * textLength;
    ids[row * length] = tokenizer.special.classification!.id;
    ids.set(blocks[Math.floor(row / parts)]!.subarray(start, start + textLength), row * length + 1);
    ids[(row + 1) * length - 1] = tokenizer.special.separator!.id;
  }
  return { size, length, ids, mask: new Int32Array(ids.length).fill(1), typeIds: new Int32Array(ids.length) };
}

/** Loss and accuracy of guessing hidden tokens of texts that are not trained on; always the same ones. */
async function measure(
  trainer: Trainer,
  heldOut: readonly Int32Array[],
  tokenizer: Tokenizer,
): Promise<JsonObject> {
  let [loss, right, count] = [0, 0, 0];
  for (let first = 0; first < heldOut.length; first += blocksPerStep) {
    const batch = frame(heldOut.slice(first, first + blocksPerStep), 2, tokenizer);
    const masked = maskTokens(batch, maskingOptions(tokenizer), seed + 1, first);
    const outputs = await trainer.learner.forward("held out", maskedLmFeeds(batch, masked));
    const logits = outputs.get("logits")! as Tensor<"float32">;
    loss += Number(outputs.get("loss")!.data[0]) * masked.labels.length;
    right += rightGuesses(logits, masked.labels);
    count += masked.labels.length;
  }
  return { heldOutLoss: loss / count, heldOutAccuracy: right / count, heldOutGuesses: count };
}

function rightGuesses({ data, shape }: Tensor<"float32">, labels: Int32Array): number {
  const size = shape[1]!;
  let right = 0;
  labels.forEach((label, row) => {
    const scores = data.subarray(row * size, (row + 1) * size);
    if (scores.every((score) => score <= scores[label]!)) right++;
  });
  return right;
}

function maskingOptions(tokenizer: Tokenizer): MaskingOptions {
  return {
    maskId: tokenizer.special.mask!.id,
    vocabularySize: tokenizer.vocabularySize,
    isSpecial: (id) => tokenizer.isSpecial(id),
    rate: maskingRate,
  };
}
