import { readFile } from "node:fs/promises";
import { decodeSentencePieceModel } from "../formats/sentencepiece.js";
import {
  type SentencePieceType,
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
import type { TokenizerTrainOptions } from "./options-tokenizer-train.js";
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

/** What was learnt. */
export interface LearntTokenizer {
  readonly files: TokenizerFiles;
  readonly textCount: number;
  readonly wordCount: number;
  /** What was learnt from, where there were more words than there was room for. */
  readonly sample: WordSample | undefined;
}

/** What surrounds learning. */
export interface LearnContext {
  readonly standardInput: ByteSource;
  /** A folder for words that find no room in memory. */
  readonly scratch: string;
  readonly onProgress: (progress: TokenizerTrainProgress) => void;
}

/** Learn a tokenizer by options that have been checked. */
export async function learnTokenizer(
  options: TokenizerTrainOptions,
  { standardInput, scratch, onProgress }: LearnContext,
): Promise<LearntTokenizer> {
  const { train, jsonl, textColumn, memory = 256, initialAlphabet, ...others } = options;
  const input = given({ files: train, jsonl, textColumn });
  const spill = spillFiles(scratch);
  let [textCount, wordCount] = [0, 0];
  let sample: WordSample | undefined;
  const learning: TrainTokenizerOptions = {
    ...others,
    vocabularySize: options.vocabularySize ?? 30_000,
    minFrequency: options.minFrequency ?? 2,
    memoryLimit: memory * 1e6,
    ...(initialAlphabet === undefined ? {} : { initialAlphabet: [...initialAlphabet] }),
    onSample: (drawn) => {
      sample = drawn;
    },
    onProgress: ({ done, total }) => onProgress({ phase: "learn", done, total, wordCount }),
    counting: {
      spill,
      memoryLimit: memory * 1e6,
      onProgress: (progress) => {
        ({ textCount, wordCount } = progress);
        onProgress({ phase: "count", done: textCount, total: 0, wordCount });
      },
    },
  };
  try {
    const texts = textsOf(textInputs(input, standardInput));
    const tokenizer = await (options.form === "sentencepiece"
      ? learnSentencePiece(texts, options, learning)
      : trainTokenizer(trainers[options.model]!, texts, learning));
    return { files: tokenizer.toFiles(), textCount, wordCount, sample };
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

async function* textsOf(inputs: AsyncIterable<{ text: string; pair?: string }>): AsyncGenerator<string> {
  for await (const { text, pair } of inputs) {
    yield text;
    if (pair !== undefined) yield pair;
  }
}
