import { l2Normalize, leaves } from "../engine/index.js";
import { modelInputs, packedInputs } from "../models/index.js";
import { forInference, pool } from "../nn/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { WorkerLearner } from "../training/worker-learner.js";
import { openModelTokenizer } from "./model-tokenizer.js";
import { openModel } from "./open-model.js";
import type { EmbedOptions } from "./options-embed.js";
import { packsTexts } from "./packed-feeds.js";
import { batchFeeds, evaluationBatches, type RowLayout, rowLayout } from "./row-layout.js";
import { readSentenceModules } from "./sentence-modules.js";
import { orClose, prepareUse, startLearner } from "./session.js";
import type { TextInput } from "./text-inputs.js";

/** A text and its vector. */
export interface EmbeddedText extends TextInput {
  readonly embedding: Float32Array;
  /** Tokens that did not fit. */
  readonly truncatedCount: number;
}

/** Turns texts into vectors. */
export interface Embedder {
  readonly size: number;
  /** `BERT, 6 layers x 384; mean of the tokens, length 1, at most 256 tokens`. */
  readonly description: string;
  readonly runtime: string;
  /** The vectors of texts, in their order; those of like length are computed together. */
  embed(texts: readonly (string | TextInput)[]): Promise<EmbeddedText[]>;
  close(): Promise<void>;
}

/** What an embedder is loaded with. */
export type EmbedderOptions = Omit<EmbedOptions, "model" | "outputFile" | "overwrite">;

/**
 * Load a model that turns texts into vectors. Pooling and length are those that a model of sentence-transformers says.
 *
 * ```ts
 * const embedder = await loadEmbedder("all-MiniLM-L6-v2");
 * const [{ embedding }] = await embedder.embed(["a sentence"]);
 * ```
 */
export async function loadEmbedder(nameOrPath: string, options: EmbedderOptions = {}): Promise<Embedder> {
  const model = await openModel(nameOrPath, options);
  const modules = await readSentenceModules(model.directory);
  const { pooling = modules.pooling ?? "mean", normalize = modules.normalize ?? true } = options;
  const plain = modelInputs("none");
  const packs = packsTexts(options.packing, model, "none");
  const inputs = packs ? packedInputs(plain) : plain;
  const { lastHidden } = model.network.build("none", 0, inputs, forInference());
  const pooled = pool(lastHidden, inputs.packing?.mask ?? inputs.mask, pooling);
  const outputs = new Map([["embedding", normalize ? l2Normalize(pooled) : pooled]]);
  const parameters = leaves([...outputs.values()], "parameter");
  const learner = startLearner(options, parameters);
  const [tokenizer, runtime] = await orClose(learner, [
    openModelTokenizer(model, { ...options, tokenizer: options.tokenizer ?? nameOrPath }),
    learner.describe(),
    prepareUse(learner, model, "embedding", outputs),
  ]);
  const limit = Math.min(model.network.maxLength, tokenizer.modelMaxLength ?? Infinity);
  const maxLength = Math.min(options.maxLength ?? modules.maxLength ?? limit, model.network.maxLength);
  const facts = [`${pooling} of the tokens`, ...(normalize ? ["length 1"] : [])];
  return {
    size: model.network.hiddenSize,
    description: `${model.network.description}; ${facts.join(", ")}, at most ${maxLength} tokens`,
    runtime,
    embed: (texts) =>
      embedTexts(learner, tokenizer, texts, {
        maxLength,
        batchSize: options.batchSize ?? 32,
        layout: rowLayout(model, tokenizer, maxLength, packs),
      }),
    close: () => learner.close(),
  };
}

async function embedTexts(
  learner: WorkerLearner,
  tokenizer: Tokenizer,
  texts: readonly (string | TextInput)[],
  { maxLength, batchSize, layout }: { maxLength: number; batchSize: number; layout: RowLayout },
): Promise<EmbeddedText[]> {
  const given = texts.map((text) => (typeof text === "string" ? { text } : text));
  const encodings = given.map(({ text, pair }) =>
    tokenizer.encode(text, { maxLength, ...(pair === undefined ? {} : { pair }) }),
  );
  const batches = evaluationBatches(
    encodings.map(({ ids }) => ids.length),
    batchSize,
    layout,
  );
  const embedded = new Array<EmbeddedText>(texts.length);
  for (const rows of batches) {
    const batch = Array.from(rows, (row) => ({ encoding: encodings[row]!, example: row }));
    const result = (await learner.forward("embedding", batchFeeds(batch, layout))).get("embedding")!;
    const [data, size] = [result.data as Float32Array, result.shape[1]!];
    rows.forEach((row, i) => {
      const embedding = data.slice(i * size, (i + 1) * size);
      embedded[row] = { ...given[row]!, embedding, truncatedCount: encodings[row]!.truncatedCount };
    });
  }
  return embedded;
}
