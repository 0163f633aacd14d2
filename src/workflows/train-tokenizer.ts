import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { OptionError } from "../base/index.js";
import { WorkerClient } from "../base/worker-client.js";
import { isFile, statIfThere } from "../hub/files-read.js";
import { writeDirectoryAtomically, writeFileAtomically } from "../hub/index.js";
import {
  readTokenizer,
  sentencePieceFiles,
  sentencePieceTypes,
  type Tokenizer,
  type TokenizerFiles,
} from "../tokenizers/index.js";
import { trainers, type WordSample } from "../tokenizers/trainers/index.js";
import type { LearntTokenizer, TokenizerTrainProgress } from "./learn-tokenizer.js";
import { checkOptions } from "./options-resolve.js";
import { type TokenizerTrainOptions, tokenizerTrainRows } from "./options-tokenizer-train.js";
import type { ByteSource } from "./text-inputs.js";
import type { LearnRequests } from "./worker-learn-tokenizer.js";

export type { TokenizerTrainProgress } from "./learn-tokenizer.js";

/** What surrounds a run. */
export interface TokenizerTrainContext {
  readonly onProgress?: (progress: TokenizerTrainProgress) => void;
  /** Aborted, learning ends at once with the signal's reason, and nothing is written. */
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
  /** What was learnt from, where there were more words than there was room for. */
  readonly sample: WordSample | undefined;
}

/**
 * Learn a tokenizer from files and write it to a folder. The work is done in a thread of its own, so that this one
 * stays free.
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
  checkTaken(options);
  await checkDirectory(options);
  const { signal, onProgress, standardInput } = context;
  signal?.throwIfAborted();
  const scratch = await mkdtemp(join(tmpdir(), "tsugiki-learn-"));
  const learner = new WorkerClient<LearnRequests>(
    new URL("./worker-learn-tokenizer.js", import.meta.url),
    scratch,
  );
  const input = standardInput?.[Symbol.asyncIterator]();
  try {
    const learning = learner.ask("learn", options, {
      onEvent: (progress: TokenizerTrainProgress) => onProgress?.(progress),
      onQuestion: async () => (await input?.next())?.value,
    });
    const { files: all, ...counts }: LearntTokenizer = await untilAborted(learning, signal);
    const directory = options.outputDirectory;
    const files = isModelFile(directory)
      ? new Map([[basename(directory), all.get(sentencePieceFiles[0])!]])
      : all;
    await writeFiles(isModelFile(directory) ? dirname(directory) : directory, files);
    return { tokenizer: readTokenizer(all, directory), directory, files: [...files.keys()], ...counts };
  } finally {
    await learner.terminate();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The result, or the signal's reason as soon as it is aborted: whoever waits no longer waits for the thread. */
function untilAborted<Result>(result: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** A folder that is new is there whole or not at all; into one that is there, file after file is. */
async function writeFiles(folder: string, files: TokenizerFiles): Promise<void> {
  if (await isThere(folder)) {
    for (const [name, content] of files) await writeFileAtomically(join(folder, name), [content]);
    return;
  }
  await writeDirectoryAtomically(folder, async (temporary) => {
    for (const [name, content] of files) await writeFile(join(temporary, name), content);
  });
}

async function isThere(path: string): Promise<boolean> {
  return (await statIfThere(path)) !== undefined;
}

function isModelFile(output: string): boolean {
  return extname(output) === ".model";
}

/** An option that the kind of tokenizer does not know would be lost without a word. */
function checkTaken(options: TokenizerTrainOptions): void {
  const { model, form = "words" } = options;
  const isRaw = form === "sentencepiece";
  if (isRaw && !sentencePieceTypes.some((type) => type === model)) {
    throw new OptionError(`--model ${model}: has no sentencepiece form`, {
      hint: `leave --form out, or learn another kind: ${sentencePieceTypes.join(", ")}`,
    });
  }
  if (!isRaw && isModelFile(options.outputDirectory)) {
    throw new OptionError(
      `--output ${options.outputDirectory}: only the sentencepiece form is a .model file`,
      {
        hint: "say --form sentencepiece, or name a folder",
      },
    );
  }
  const takes: readonly string[] = isRaw ? sentencePieceTakes : trainers[model]!.takes;
  const particular = [
    "byteFallback",
    "normalizerFrom",
    "characterCoverage",
    "alphabetLimit",
    "initialAlphabet",
    "lowercase",
    "minFrequency",
    "sampleLimit",
    "score",
    "separateIdeographs",
    "stripAccents",
  ];
  for (const key of particular) {
    if (options[key as keyof TokenizerTrainOptions] === undefined || takes.includes(key)) continue;
    const { flag } = tokenizerTrainRows.find((row) => row.key === key)!;
    const kinds = Object.keys(trainers).filter((name) => (trainers[name]!.takes as string[]).includes(key));
    const others = [
      ...(isRaw || !sentencePieceTakes.includes(key) ? [] : ["say --form sentencepiece"]),
      ...(kinds.length > 0
        ? [`learn another kind: ${kinds.join(", ")}${isRaw ? " without --form" : ""}`]
        : []),
    ];
    throw new OptionError(
      `${flag}: the ${model} trainer${isRaw ? " of this form" : ""} takes no notice of it`,
      {
        hint: ["leave it out", ...others].join(", or "),
      },
    );
  }
}

/** The particular options that training a SentencePiece model takes. */
const sentencePieceTakes: readonly string[] = [
  "byteFallback",
  "characterCoverage",
  "normalizerFrom",
  "sampleLimit",
];

async function checkDirectory({ outputDirectory, overwrite }: TokenizerTrainOptions): Promise<void> {
  const file = isModelFile(outputDirectory) ? outputDirectory : join(outputDirectory, "tokenizer.json");
  if (overwrite === true || !(await isFile(file))) return;
  throw new OptionError(`--output ${outputDirectory}: there is a tokenizer already`, {
    hint: "name another folder, or say --overwrite",
  });
}
