import { int64, type Tensor } from "../base/index.js";
import { sortedBatches } from "../data/batches.js";
import { l2Normalize, leaves } from "../engine/index.js";
import { modelInputs } from "../models/index.js";
import { forInference, pool } from "../nn/index.js";
import type { Encoding, Tokenizer } from "../tokenizers/index.js";
import { frozenSlots } from "../training/parameter-groups.js";
import { WorkerLearner } from "../training/worker-learner.js";
import { openModel } from "./open-model.js";
import { openTokenizer } from "./open-tokenizer.js";
import type { EmbedOptions } from "./options-embed.js";
import { readSentenceModules } from "./sentence-modules.js";
import { loadWeights, paddingIdOf, runtimeSpec } from "./session.js";
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
  const inputs = modelInputs("none");
  const { lastHidden } = model.network.build("none", 0, inputs, forInference());
  const pooled = pool(lastHidden, inputs.mask, pooling);
  const outputs = new Map([["embedding", normalize ? l2Normalize(pooled) : pooled]]);
  const parameters = leaves([...outputs.values()], "parameter");
  const learner = new WorkerLearner({
    ...{ runtime: runtimeSpec(options), slots: frozenSlots(parameters), groupCount: 0 },
  });
  try {
    const [tokenizer] = await Promise.all([
      openTokenizer({ ...options, tokenizer: options.tokenizer ?? nameOrPath }),
      learner.prepareForward("embedding", outputs),
      loadWeights(model, parameters, 0).then(({ weights }) => learner.takeParameters(weights)),
    ]);
    const limit = Math.min(model.network.maxLength, tokenizer.modelMaxLength ?? Infinity);
    const maxLength = Math.min(options.maxLength ?? modules.maxLength ?? limit, model.network.maxLength);
    const facts = [`${pooling} of the tokens`, ...(normalize ? ["length 1"] : [])];
    return {
      size: model.network.hiddenSize,
      description: `${model.network.description}; ${facts.join(", ")}, at most ${maxLength} tokens`,
      runtime: await learner.describe(),
      embed: (texts) =>
        embedTexts(learner, tokenizer, texts, { maxLength, batchSize: options.batchSize ?? 32 }),
      close: () => learner.close(),
    };
  } catch (error) {
    await learner.close().catch(() => {});
    throw error;
  }
}

async function embedTexts(
  learner: WorkerLearner,
  tokenizer: Tokenizer,
  texts: readonly (string | TextInput)[],
  { maxLength, batchSize }: { maxLength: number; batchSize: number },
): Promise<EmbeddedText[]> {
  const given = texts.map((text) => (typeof text === "string" ? { text } : text));
  const encodings = given.map(({ text, pair }) =>
    tokenizer.encode(text, { maxLength, ...(pair === undefined ? {} : { pair }) }),
  );
  const batches = sortedBatches(
    encodings.map(({ ids }) => ids.length),
    batchSize,
  );
  const embedded = new Array<EmbeddedText>(texts.length);
  const paddingId = paddingIdOf(tokenizer);
  for (const rows of batches) {
    const batch = Array.from(rows, (row) => encodings[row]!);
    const result = (await learner.forward("embedding", batchFeeds(batch, paddingId))).get("embedding")!;
    const [data, size] = [result.data as Float32Array, result.shape[1]!];
    rows.forEach((row, i) => {
      const embedding = data.slice(i * size, (i + 1) * size);
      embedded[row] = { ...given[row]!, embedding, truncatedCount: encodings[row]!.truncatedCount };
    });
  }
  return embedded;
}

/** Encodings side by side, padded to the longest: `[batch, sequence]`. */
function batchFeeds(encodings: readonly Encoding[], paddingId: number): Map<string, Tensor> {
  const length = encodings.reduce((longest, { ids }) => Math.max(longest, ids.length), 0);
  const shape = [encodings.length, length];
  const filled = (value: number): Float64Array => new Float64Array(encodings.length * length).fill(value);
  const [ids, mask, typeIds] = [filled(paddingId), filled(0), filled(0)];
  encodings.forEach((encoding, i) => {
    ids.set(encoding.ids, i * length);
    typeIds.set(encoding.typeIds, i * length);
    mask.fill(1, i * length, i * length + encoding.ids.length);
  });
  return new Map([
    ["ids", int64(shape, ids)],
    ["mask", int64(shape, mask)],
    ["typeIds", int64(shape, typeIds)],
  ]);
}
