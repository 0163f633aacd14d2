import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { OptionError } from "../base/index.js";
import { decodeSentencePieceModel } from "../formats/sentencepiece.js";
import { isFile } from "../hub/files-read.js";
import { writeFileAtomically } from "../hub/index.js";
import {
  type SentencePieceType,
  sentencePieceFiles,
  sentencePieceTypes,
  type Tokenizer,
  type TokenizerFiles,
  type TrainSentencePieceTokenizerOptions,
  trainSentencePieceTokenizer,
} from "../tokenizers/index.js";
import { spillFiles } from "../tokenizers/trainers/files-spill.js";
import {
  type TrainTokenizerOptions,
  trainers,
  trainTokenizer,
  type WordSample,
} from "../tokenizers/trainers/index.js";
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
  /** What was learnt from, where there were more words than there was room for. */
  readonly sample: WordSample | undefined;
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
  checkTaken(options);
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
  let sample: WordSample | undefined;
  const learning: TrainTokenizerOptions = {
    ...others,
    vocabularySize: options.vocabularySize ?? 30_000,
    minFrequency: options.minFrequency ?? 2,
    ...(initialAlphabet === undefined ? {} : { initialAlphabet: [...initialAlphabet] }),
    onSample: (drawn) => {
      sample = drawn;
    },
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
    const texts = textsOf(textInputs(input, standardInput));
    const tokenizer = await (options.form === "sentencepiece"
      ? learnSentencePiece(texts, options, learning)
      : trainTokenizer(trainers[options.model]!, texts, learning));
    const { folder, files } = outputOf(tokenizer, options.outputDirectory);
    for (const [name, content] of files) await writeFileAtomically(join(folder, name), [content]);
    const directory = options.outputDirectory;
    return { tokenizer, directory, files: [...files.keys()], textCount, wordCount, sample };
  } finally {
    spill.close();
  }
}

/** Learn from raw text, as SentencePiece does. */
async function learnSentencePiece(
  texts: AsyncIterable<string>,
  options: TokenizerTrainOptions,
  { counting, onProgress, onSample, vocabularySize }: TrainTokenizerOptions,
): Promise<Tokenizer> {
  const { model, characterCoverage, byteFallback, normalizerFrom, specialTokens, modelMaxLength } = options;
  const { sampleLimit } = options;
  const settings: TrainSentencePieceTokenizerOptions = {
    type: model as SentencePieceType,
    ...given({ vocabularySize, characterCoverage, byteFallback, specialTokens, modelMaxLength }),
    ...given({ counting, onProgress, onSample, sampleLimit }),
  };
  if (normalizerFrom !== undefined) {
    const bytes = await readFile(normalizerFrom);
    settings.normalizer = decodeSentencePieceModel(bytes, normalizerFrom).normalizer;
  }
  return trainSentencePieceTokenizer(texts, settings);
}

/** The options that have a value. */
function given<Options extends object>(
  options: Options,
): { [Key in keyof Options]?: Exclude<Options[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

/** The files to write, and where: all of a tokenizer's into a folder, or its model alone under a name of one's own. */
function outputOf(tokenizer: Tokenizer, output: string): { folder: string; files: TokenizerFiles } {
  const files = tokenizer.toFiles();
  if (!isModelFile(output)) return { folder: output, files };
  return { folder: dirname(output), files: new Map([[basename(output), files.get(sentencePieceFiles[0])!]]) };
}

function isModelFile(output: string): boolean {
  return extname(output) === ".model";
}

async function* textsOf(inputs: AsyncIterable<{ text: string; pair?: string }>): AsyncGenerator<string> {
  for await (const { text, pair } of inputs) {
    yield text;
    if (pair !== undefined) yield pair;
  }
}

async function* nothing(): AsyncGenerator<string> {}

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
