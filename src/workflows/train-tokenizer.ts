import { join } from "node:path";
import { OptionError } from "../base/index.js";
import { isFile } from "../hub/files-read.js";
import { writeFileAtomically } from "../hub/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { spillFiles } from "../tokenizers/trainers/files-spill.js";
import { type TrainTokenizerOptions, trainers, trainTokenizer } from "../tokenizers/trainers/index.js";
import { checkOptions } from "./options-resolve.js";
import { type TokenizerTrainOptions, tokenizerTrainRows } from "./options-tokenizer-train.js";
import { type ByteSource, textInputs } from "./text-inputs.js";

/** How far learning a tokenizer has come. */
export interface TokenizerTrainProgress {
  /** Words of the texts are counted first, then tokens are found. */
  readonly phase: "count" | "learn";
  /** Texts read, or tokens found. */
  readonly done: number;
  /** Tokens wanted; 0 while texts are read, whose number nobody knows. */
  readonly total: number;
  /** Words read. */
  readonly wordCount: number;
}

/** What surrounds a run. */
export interface TokenizerTrainContext {
  readonly onProgress?: (progress: TokenizerTrainProgress) => void;
  readonly signal?: AbortSignal;
  /** Where texts come from if no file is named. */
  readonly standardInput?: ByteSource;
}

/** A tokenizer that was learnt. */
export interface TokenizerTrainResult {
  readonly tokenizer: Tokenizer;
  readonly directory: string;
  /** The names of its files. */
  readonly files: readonly string[];
  readonly textCount: number;
  readonly wordCount: number;
}

/**
 * Learn a tokenizer from files and write it to a folder.
 *
 * ```ts
 * await trainTokenizerFiles({ model: "wordpiece", train: ["texts/*.txt"], outputDirectory: "my-tokenizer" });
 * ```
 */
export async function trainTokenizerFiles(
  given: TokenizerTrainOptions,
  context: TokenizerTrainContext = {},
): Promise<TokenizerTrainResult> {
  const options = checkOptions(tokenizerTrainRows, given);
  const trainer = trainers[options.model]!;
  checkTaken(options, trainer.takes);
  await checkDirectory(options);
  const { train, jsonl, textColumn, memory = 256, initialAlphabet, ...others } = options;
  const input = {
    ...(train === undefined ? {} : { files: train }),
    ...(jsonl === undefined ? {} : { jsonl }),
    ...(textColumn === undefined ? {} : { textColumn }),
  };
  const { onProgress, signal, standardInput = nothing() } = context;
  const spill = spillFiles();
  let [textCount, wordCount] = [0, 0];
  const learning: TrainTokenizerOptions = {
    ...others,
    vocabularySize: options.vocabularySize ?? 30_000,
    minFrequency: options.minFrequency ?? 2,
    ...(initialAlphabet === undefined ? {} : { initialAlphabet: [...initialAlphabet] }),
    onProgress: ({ done, total }) => onProgress?.({ phase: "learn", done, total, wordCount }),
    counting: {
      spill,
      memoryLimit: memory * 1e6,
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress) => {
        ({ textCount, wordCount } = progress);
        onProgress?.({ phase: "count", done: textCount, total: 0, wordCount });
      },
    },
  };
  try {
    const tokenizer = await trainTokenizer(trainer, textsOf(textInputs(input, standardInput)), learning);
    const files = tokenizer.toFiles();
    for (const [name, content] of files)
      await writeFileAtomically(join(options.outputDirectory, name), [content]);
    return { tokenizer, directory: options.outputDirectory, files: [...files.keys()], textCount, wordCount };
  } finally {
    spill.close();
  }
}

async function* textsOf(inputs: AsyncIterable<{ text: string; pair?: string }>): AsyncGenerator<string> {
  for await (const { text, pair } of inputs) {
    yield text;
    if (pair !== undefined) yield pair;
  }
}

async function* nothing(): AsyncGenerator<string> {}

/** An option that the kind of tokenizer does not know would be lost without a word. */
function checkTaken(options: TokenizerTrainOptions, takes: readonly string[]): void {
  const particular = [
    "characterCoverage",
    "alphabetLimit",
    "initialAlphabet",
    "lowercase",
    "minFrequency",
    "score",
    "separateIdeographs",
    "stripAccents",
  ];
  for (const key of particular) {
    if (options[key as keyof TokenizerTrainOptions] === undefined || takes.includes(key)) continue;
    const { flag } = tokenizerTrainRows.find((row) => row.key === key)!;
    const kinds = Object.keys(trainers).filter((name) => (trainers[name]!.takes as string[]).includes(key));
    throw new OptionError(`${flag}: the ${options.model} trainer takes no notice of it`, {
      hint: `leave it out, or learn another kind: ${kinds.join(", ")}`,
    });
  }
}

async function checkDirectory({ outputDirectory, overwrite }: TokenizerTrainOptions): Promise<void> {
  if (overwrite === true || !(await isFile(join(outputDirectory, "tokenizer.json")))) return;
  throw new OptionError(`--output ${outputDirectory}: there is a tokenizer already`, {
    hint: "name another folder, or say --overwrite",
  });
}
