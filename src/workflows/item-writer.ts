import type { Tensor } from "../base/index.js";
import { restoreOrder, sortedBatches } from "../data/batches.js";
import { nameOf } from "../engine/index.js";
import { readGenerationConfig } from "../generation/generation-config.js";
import {
  decoderGraphs,
  decoderParameters,
  type GenerationSettings,
  WorkerGenerator,
} from "../generation/index.js";
import type { AnyProblem, EncodeSettings, ItemOutput, TaskItem, Writing } from "../tasks/task.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { RunEvents } from "./events.js";
import type { OpenModel } from "./open-model.js";
import type { InferenceOptions } from "./options.js";
import { paddingIdOf, runtimeSpec } from "./session.js";

/** Writes the texts that are the predictions of a problem, in a worker thread of its own. */
export class ItemWriter {
  readonly #generator: WorkerGenerator;
  readonly #parameterNames: ReadonlySet<string>;
  readonly #settings: GenerationSettings;
  readonly #startId: number;
  readonly #paddingId: number;

  private constructor(
    generator: WorkerGenerator,
    parameterNames: ReadonlySet<string>,
    settings: GenerationSettings,
    startId: number,
    paddingId: number,
  ) {
    this.#generator = generator;
    this.#parameterNames = parameterNames;
    this.#settings = settings;
    this.#startId = startId;
    this.#paddingId = paddingId;
  }

  /** A writer for a problem whose predictions are written; undefined for any other. */
  static async create(
    { network, config, configPath }: OpenModel,
    problem: AnyProblem,
    tokenizer: Tokenizer,
    { endId, maxLength }: EncodeSettings,
    machine: InferenceOptions,
  ): Promise<ItemWriter | undefined> {
    if (problem.writes === undefined || network.decoder === undefined) return undefined;
    const graphs = decoderGraphs(network.decoder);
    const names = new Set(decoderParameters(graphs).map(nameOf));
    const ends = endId === undefined ? [] : [endId];
    const said = readGenerationConfig(config, configPath).settings;
    const settings = settingsOf(problem.writes, { endTokens: ends, ...said }, maxLength);
    const start = network.decoderInput?.(ends)[0] ?? endId ?? 0;
    const generator = new WorkerGenerator(runtimeSpec(machine));
    try {
      await generator.prepare(graphs);
    } catch (error) {
      await generator.close();
      throw error;
    }
    return new ItemWriter(generator, names, settings, start, paddingIdOf(tokenizer));
  }

  /** Take over the weights of a model; those that writing does not need may be among them. */
  setParameters(weights: ReadonlyMap<string, Tensor>): Promise<void> {
    return this.#generator.setParameters(
      new Map([...weights].filter(([name]) => this.#parameterNames.has(name))),
    );
  }

  /** The outputs of items with the tokens that were written for each, as `written`. */
  async write(
    items: readonly TaskItem[],
    outputs: readonly ItemOutput[],
    { batchSize, events }: { batchSize: number; events?: RunEvents | undefined },
  ): Promise<ItemOutput[]> {
    const batches = sortedBatches(
      items.map(({ encoding }) => encoding.ids.length),
      batchSize,
    );
    const written: Float32Array[][] = [];
    for (const [number, rows] of batches.entries()) {
      const sources = Array.from(rows, (row) => Array.from(items[row]!.encoding.ids));
      written.push(await this.#writeBatch(sources));
      events?.progress?.({ phase: "evaluate", done: number + 1, total: batches.length });
    }
    const ordered = restoreOrder(batches, written);
    return outputs.map((output, i) => ({ ...output, written: ordered[i]! }));
  }

  async #writeBatch(sources: readonly number[][]): Promise<Float32Array[]> {
    const ids = sources.map(() => [this.#startId]);
    const writing = this.#generator.generate({ ids, sources, paddingId: this.#paddingId }, this.#settings);
    let next = await writing.next();
    while (next.done !== true) next = await writing.next();
    const texts: Float32Array[] = sources.map(() => new Float32Array(0));
    for (const { prompt, ids: own } of next.value) texts[prompt] = Float32Array.from(own);
    return texts;
  }

  /** The same with the weights of a model in training, as they stand. */
  async writeWith(
    weights: Promise<ReadonlyMap<string, Tensor>>,
    ...asked: Parameters<ItemWriter["write"]>
  ): Promise<ItemOutput[]> {
    await this.setParameters(await weights);
    return this.write(...asked);
  }

  close(): Promise<void> {
    return this.#generator.close();
  }
}

/** One text for each source, the likeliest: what the problem says, over what the model's files say. */
function settingsOf(writing: Writing, said: GenerationSettings, maxLength: number): GenerationSettings {
  const { maxLength: _, maxNewTokens: __, ...rest } = said;
  return { ...rest, maxNewTokens: maxLength, ...writing, returnCount: 1, sample: false };
}
