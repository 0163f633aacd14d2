import { FileError, OptionError } from "../base/index.js";
import { sortedBatches } from "../data/batches.js";
import {
  decoderGraphs,
  decoderParameters,
  type EndReason,
  type GenerationSettings,
  WorkerGenerator,
  type WrittenText,
} from "../generation/index.js";
import { stopPlace } from "../generation/stop-text.js";
import { TextStream } from "../generation/text-stream.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { generationDefaults, generationSettings, type ModelDefaults } from "./generation-settings.js";
import { openModelTokenizer } from "./model-tokenizer.js";
import { type OpenModel, openModel } from "./open-model.js";
import type { GenerationOptions } from "./options-generation.js";
import type { InferenceOptions, ModelOptions } from "./options-shared.js";
import { finishedWeights, orClose, paddingIdOf, runtimeSpec } from "./session.js";

/** A text that a model wrote. */
export interface GeneratedText {
  readonly text: string;
  /** Its tokens, an end token included. */
  readonly ids: readonly number[];
  /** Why it ended. */
  readonly end: EndReason;
  /**
   * Of a beam search, what texts were ranked by: the sum of log-probabilities, divided by a power of the length. Else
   * the sum of the log-probabilities of its tokens before any filter.
   */
  readonly score: number;
}

/** What was written after a prompt, the best first. */
export interface GeneratedTexts {
  readonly prompt: string;
  readonly texts: readonly GeneratedText[];
  /** Tokens of the prompt that did not fit into the encoder and were not read. */
  readonly truncatedCount: number;
}

/** A model that writes texts. */
export interface TextGenerator {
  readonly model: OpenModel;
  readonly tokenizer: Tokenizer;
  /** What the model's files say of how it is used. */
  readonly defaults: ModelDefaults;
  /** What the model was taught to read before each text; who makes prompts puts it there. */
  readonly prefix: string;
  /** `onnxruntime 1.30.0 (cpu, 2 threads)`. */
  readonly runtime: string;
  /** The texts after a prompt, or after each of several. */
  generate(prompt: string, options?: StoppableOptions): Promise<GeneratedTexts>;
  generate(prompts: readonly string[], options?: BatchedOptions): Promise<GeneratedTexts[]>;
  /** Pieces of the text after a prompt as they are written; gives back the whole at the end. */
  stream(prompt: string, options?: StoppableOptions): AsyncGenerator<string, GeneratedText>;
  /** End the worker thread. */
  close(): Promise<void>;
}

/** How a prompt is gone on with. */
export interface StoppableOptions extends GenerationOptions {
  /** Aborted to stop the writing. */
  signal?: AbortSignal;
}

/** How several prompts are gone on with. */
export interface BatchedOptions extends StoppableOptions {
  /** Prompts computed together. Default 8. */
  batchSize?: number;
  /** The number of the first prompt, where they are part of more: it decides what is drawn. Default 0. */
  firstNumber?: number;
}

/** What can be set when a model is loaded to write texts. */
export interface TextGeneratorOptions extends Omit<Partial<ModelOptions>, "model">, InferenceOptions {
  /** One of the tasks that config.json has a prefix and settings for. */
  task?: string;
}

/**
 * Load a model that writes texts, by path or Hub name: one that looks back, or an encoder-decoder.
 *
 * ```ts
 * const generator = await loadGenerator("my-model");
 * const { texts } = await generator.generate("むかしむかし", { maxNewTokens: 40, temperature: 0.8 });
 * for await (const piece of generator.stream("Once upon a time")) process.stdout.write(piece);
 * await generator.close();
 * ```
 */
export async function loadGenerator(
  nameOrPath: string,
  options: TextGeneratorOptions = {},
): Promise<TextGenerator> {
  const { revision, offline } = options;
  const access = {
    ...(revision === undefined ? {} : { revision }),
    ...(offline === undefined ? {} : { offline }),
  };
  const model = await openModel(nameOrPath, access);
  const { decoder } = model.network;
  if (decoder === undefined)
    throw new FileError(
      model.configPath,
      `expected a model that writes text, got ${model.network.description}`,
      {
        hint: "take a model that looks back (GPT-2, Llama) or an encoder-decoder (T5, BART, Marian)",
      },
    );
  const graphs = decoderGraphs(decoder);
  const thread = new WorkerGenerator(runtimeSpec(options));
  const [tokenizer, runtime] = await orClose(thread, [
    openModelTokenizer(model, { tokenizer: options.tokenizer ?? nameOrPath, ...access }),
    thread.describe(),
    thread.prepare(graphs),
    finishedWeights(model, decoderParameters(graphs)).then((weights) => thread.takeParameters(weights)),
  ]);
  const [defaults] = await orClose(thread, [generationDefaults(model, tokenizer, options.task)]);
  return textGenerator({
    model,
    tokenizer,
    defaults,
    runtime,
    thread,
    hasEncoder: graphs.start !== undefined,
  });
}

interface Parts extends Pick<TextGenerator, "model" | "tokenizer" | "defaults" | "runtime"> {
  readonly thread: WorkerGenerator;
  readonly hasEncoder: boolean;
}

function textGenerator(parts: Parts): TextGenerator {
  async function generate(
    prompts: string | readonly string[],
    options: BatchedOptions = {},
  ): Promise<GeneratedTexts | GeneratedTexts[]> {
    if (typeof prompts === "string") return (await generateAll(parts, [prompts], options))[0]!;
    return generateAll(parts, prompts, options);
  }
  const { model, tokenizer, defaults, runtime, thread } = parts;
  return {
    ...{ model, tokenizer, defaults, runtime, prefix: defaults.prefix },
    generate: generate as TextGenerator["generate"],
    stream: (prompt, options = {}) => stream(parts, prompt, options),
    close: () => thread.close(),
  };
}

async function generateAll(
  parts: Parts,
  prompts: readonly string[],
  { batchSize = 8, firstNumber = 0, signal, ...options }: BatchedOptions,
): Promise<GeneratedTexts[]> {
  const settings = { ...settingsOf(parts, options), withScores: true };
  const encoded = prompts.map((prompt) => encodePrompt(parts, prompt, settings));
  const lengths = encoded.map(({ ids, source }) => (source ?? ids).length);
  const results: GeneratedTexts[] = new Array(prompts.length);
  for (const rows of sortedBatches(lengths, batchSize)) {
    const batch = Array.from(rows, (row) => encoded[row]!);
    const numbers = Array.from(rows, (row) => firstNumber + row);
    const writing = write(parts, batch, settings, numbers);
    let next = await writing.next();
    for (; next.done !== true; next = await writing.next())
      if (signal?.aborted === true) await stopped(writing, signal);
    const written = next.value;
    for (const [i, row] of Array.from(rows).entries()) {
      const texts = written.filter(({ prompt }) => prompt === i);
      const { truncatedCount } = encoded[row]!;
      const prompt = prompts[row]!;
      results[row] = {
        prompt,
        texts: texts.map((text) => readable(parts, batch[i]!, text, settings)),
        truncatedCount,
      };
    }
  }
  return results;
}

async function* stream(
  parts: Parts,
  prompt: string,
  { signal, ...options }: StoppableOptions,
): AsyncGenerator<string, GeneratedText> {
  const settings = { ...settingsOf(parts, options), withScores: true };
  const encoded = encodePrompt(parts, prompt, settings);
  const text = new TextStream(decodeAfter(parts, encoded), settings.stopStrings);
  const writing = write(parts, [encoded], { ...settings, returnCount: 1 }, [0]);
  try {
    let next = await writing.next();
    for (; next.done !== true; next = await writing.next()) {
      signal?.throwIfAborted();
      for (const { token } of next.value) {
        const piece = text.push(token);
        if (piece !== "") yield piece;
      }
    }
    const left = text.end();
    if (left !== "") yield left;
    const whole = readable(parts, encoded, next.value[0]!, settings);
    if (text.text === "" && whole.text !== "") yield whole.text; // of a beam search
    return whole;
  } finally {
    await writing.return([]); // where the reader stops early
  }
}

async function stopped(
  writing: ReturnType<WorkerGenerator["generate"]>,
  signal: AbortSignal,
): Promise<never> {
  await writing.return([]);
  throw signal.reason;
}

/** A prompt as tokens. */
interface EncodedPrompt {
  /** What the decoder begins with. */
  readonly ids: readonly number[];
  /** What the encoder reads, where there is one. */
  readonly source: readonly number[] | undefined;
  readonly truncatedCount: number;
}

function settingsOf({ model, tokenizer, defaults }: Parts, options: GenerationOptions): GenerationSettings {
  return generationSettings(options, defaults, tokenizer, model.network.maxLength);
}

function encodePrompt(
  { tokenizer, defaults, model, hasEncoder }: Parts,
  prompt: string,
  { endTokens = [], maxLength = Infinity }: GenerationSettings,
): EncodedPrompt {
  if (hasEncoder) {
    const limit = model.network.maxLength;
    const encoding = tokenizer.encode(prompt, Number.isFinite(limit) ? { maxLength: limit } : {});
    const start = defaults.startToken ?? endTokens[0];
    if (start === undefined)
      throw new FileError(
        model.configPath,
        "decoder_start_token_id: expected the token to begin with, got nothing",
      );
    return { ids: [start], source: [...encoding.ids], truncatedCount: encoding.truncatedCount };
  }
  const ids = [...tokenizer.encode(prompt).ids];
  while (ids.length > 0 && endTokens.includes(ids.at(-1)!)) ids.pop(); // a text that is gone on with has no end yet
  const begin = defaults.beginToken ?? endTokens[0];
  if (ids.length === 0 && begin !== undefined) ids.push(begin);
  if (ids.length === 0)
    throw new OptionError("expected a prompt, got none: the model has no token to begin with");
  if (ids.length >= maxLength)
    throw new OptionError(`expected a prompt of less than ${maxLength} tokens, got ${ids.length}`, {
      hint: "a shorter one, or fewer examples in it",
    });
  return { ids, source: undefined, truncatedCount: 0 };
}

function write(
  { thread, tokenizer }: Parts,
  prompts: readonly EncodedPrompt[],
  settings: GenerationSettings,
  numbers: readonly number[],
): ReturnType<WorkerGenerator["generate"]> {
  const { stopStrings = [] } = settings;
  // a stop string has at most as many tokens as characters; those in front let the first one be decoded rightly
  const reach = 8 + stopStrings.reduce((longest, { length }) => Math.max(longest, length), 0);
  const sources = prompts.flatMap(({ source }) => (source === undefined ? [] : [source]));
  return thread.generate(
    {
      ids: prompts.map(({ ids }) => ids),
      ...(sources.length === 0 ? {} : { sources }),
      paddingId: paddingIdOf(tokenizer),
      numbers,
    },
    settings,
    (ids) =>
      stopPlace(tokenizer.decode(ids.slice(-reach), { skipSpecialTokens: true }), stopStrings) !== undefined,
  );
}

/** The text of tokens that were written after a prompt: a space between the two is part of it. */
function decodeAfter(
  { tokenizer, hasEncoder }: Parts,
  { ids: prompt }: EncodedPrompt,
): (ids: readonly number[]) => string {
  const decode = (ids: readonly number[]): string => tokenizer.decode(ids, { skipSpecialTokens: true });
  if (hasEncoder) return decode;
  const end = prompt.slice(-4);
  const before = decode(end);
  return (ids) => {
    const both = decode([...end, ...ids]);
    return both.startsWith(before) ? both.slice(before.length) : decode(ids);
  };
}

function readable(
  parts: Parts,
  prompt: EncodedPrompt,
  { ids, end, score = 0 }: WrittenText,
  { stopStrings = [] }: GenerationSettings,
): GeneratedText {
  const text = decodeAfter(parts, prompt)(ids);
  return { text: text.slice(0, stopPlace(text, stopStrings)), ids, end, score };
}
