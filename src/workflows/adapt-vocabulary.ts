import { stat } from "node:fs/promises";
import { readDocuments } from "../data/corpus/files-documents.js";
import { PlaceCounter } from "../data/corpus/raw-document.js";
import {
  type ChangedVocabulary,
  type CountWordsOptions,
  extendTokenizer,
  retrainTokenizer,
  type Tokenizer,
} from "../tokenizers/index.js";
import { spillFiles } from "../tokenizers/trainers/files-spill.js";
import type { RunContext } from "./events.js";
import { globFiles } from "./glob-files.js";
import type { AdaptOptions } from "./options-adapt.js";

type LearningOptions = Required<Pick<AdaptOptions, "train" | "newPieces" | "minFrequency">> &
  Pick<AdaptOptions, "textColumn" | "jsonl">;

/**
 * Learn pieces for a tokenizer from the documents of a run's files, those that are held out of them included: new ones
 * behind the old, or all of them.
 */
export async function adaptVocabulary(
  tokenizer: Tokenizer,
  change: "extend" | "retrain",
  options: LearningOptions,
  { events, signal }: RunContext,
): Promise<ChangedVocabulary> {
  const spill = spillFiles();
  const counting: CountWordsOptions = { spill, ...(signal === undefined ? {} : { signal }) };
  const texts = textsOf(options, await globFiles(options.train), events);
  try {
    if (change === "retrain") return await retrainTokenizer(tokenizer, texts, { counting });
    const { newPieces: pieceCount, minFrequency } = options;
    return await extendTokenizer(tokenizer, texts, { counting, pieceCount, minFrequency });
  } finally {
    spill.close();
  }
}

async function* textsOf(
  { textColumn, jsonl }: LearningOptions,
  files: readonly string[],
  events: RunContext["events"],
): AsyncGenerator<string> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const listener = {
    cut: new PlaceCounter(),
    onBytes: (done: number) => events?.progress?.({ phase: "encode", done, total }),
    onFile: () => {}, // told once the corpus is read
  };
  const reading = {
    ...(textColumn === undefined ? {} : { textColumn }),
    ...(jsonl === undefined ? {} : { jsonl }),
  };
  for await (const { text } of readDocuments(files, reading, listener)) yield text;
}
