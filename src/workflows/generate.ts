import { FileError, type JsonObject, OptionError } from "../base/index.js";
import { readRows } from "../data/files.js";
import type { RunContext } from "./events.js";
import { fewShotPrompt, readTemplate, type Template, unescaped, usualTemplate } from "./few-shot.js";
import { checkOptions } from "./options.js";
import { type GenerateOptions, generateRows, type PromptOptions } from "./options-generate.js";
import type { GenerationOptions } from "./options-generation.js";
import { readInput } from "./options-predict.js";
import { type GeneratedTexts, loadGenerator, type TextGenerator } from "./text-generator.js";

/** How prompts are made of what is given, and what follows from that for what is written. */
export interface PromptMaker {
  /** `prefix` is that of the model, which the options' own wins over. */
  make(text: string, prefix?: string): string;
  /** Where nothing else is said: the separator of examples ends a text. */
  readonly options: GenerationOptions;
}

/** What was written after the prompts of a run. */
export interface GenerateResult {
  readonly results: readonly GeneratedTexts[];
  readonly runtime: string;
}

/**
 * Write texts after prompts.
 *
 * ```ts
 * const { results } = await generate({ model: "my-model", texts: ["むかしむかし"], beamCount: 4 });
 * ```
 */
export async function generate(options: GenerateOptions, context: RunContext = {}): Promise<GenerateResult> {
  checkOptions(generateRows, options);
  if (options.texts === undefined)
    throw new OptionError("expected prompts, got none", { hint: 'generate({ model, texts: ["a text"] })' });
  const maker = await promptMaker(options);
  const generator = await loadGenerator(options.model, options);
  try {
    const results = await generator.generate(
      options.texts.map((text) => maker.make(text, generator.prefix)),
      {
        ...maker.options,
        ...options,
        ...(context.signal === undefined ? {} : { signal: context.signal }),
      },
    );
    return { results, runtime: generator.runtime };
  } finally {
    await generator.close();
  }
}

/** The texts after prompts that stream in, some batches at a time so that those of like length go together. */
export async function* generateEach(
  generator: TextGenerator,
  prompts: AsyncIterable<string>,
  options: GenerateOptions & GenerationOptions,
  signal: AbortSignal,
): AsyncGenerator<GeneratedTexts> {
  const { batchSize = 8 } = options;
  let firstNumber = 0;
  let waiting: string[] = [];
  const flush = async (): Promise<GeneratedTexts[]> => {
    const results = await generator.generate(waiting, { ...options, batchSize, firstNumber, signal });
    firstNumber += waiting.length;
    waiting = [];
    return results;
  };
  for await (const prompt of prompts) {
    waiting.push(prompt);
    if (waiting.length === batchSize * 16) yield* await flush();
  }
  if (waiting.length > 0) yield* await flush();
}

/** How prompts are made: by a prefix, a template, or examples in front. */
export async function promptMaker(options: PromptOptions): Promise<PromptMaker> {
  const { examples: file, separator = "\n\n" } = options;
  const own = options.prefix === undefined ? undefined : unescaped(options.prefix);
  if (file === undefined && options.template === undefined)
    return { make: (text, prefix = "") => (own ?? prefix) + text, options: {} };
  const examples = file === undefined ? [] : (await exampleRows(file)).slice(0, options.exampleCount);
  const template =
    options.template === undefined ? usualTemplate(columnsOf(examples)) : readTemplate(options.template);
  const between = unescaped(separator);
  return {
    make: (text, prefix = "") =>
      (own ?? prefix) + fewShotPrompt(template, examples, valuesOf(text, template), between),
    options: examples.length > 0 ? { stop: [between] } : {},
  };
}

async function exampleRows(file: string): Promise<JsonObject[]> {
  const { rows } = await readRows(file);
  if (rows.length === 0) throw new FileError(file, "expected rows with examples, got none");
  return rows.map(({ fields }) => fields as JsonObject);
}

function columnsOf(rows: readonly JsonObject[]): string[] {
  return Object.keys(rows[0] ?? {});
}

/** A text is the value of the first place of a template, a JSON object has values for them by name. */
function valuesOf(text: string, { fields }: Template): JsonObject {
  const input = readInput(text);
  return typeof input === "string" ? { [fields[0]!]: input } : input;
}
