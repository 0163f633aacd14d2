import { join } from "node:path";
import { OptionError, Random } from "../src/base/index.js";
import { streamBatches } from "../src/data/batches.js";
import { guessColumns, readRows, splitTail } from "../src/data/index.js";
import { type BlockItem, languageModelling } from "../src/tasks/index.js";
import type { EncodeSettings } from "../src/tasks/task.js";
import type { Tokenizer } from "../src/tokenizers/index.js";
import { trainTokenizerFiles } from "../src/workflows/train-tokenizer.js";
import { sharedPath } from "../test/shared.js";

/** Files to learn from and files held out; without the latter the last tenth of each of the former is. */
export interface TextSet {
  readonly train: readonly string[];
  readonly heldOut: readonly string[];
}

const sets: Readonly<Record<string, TextSet>> = {
  "wikitext-2": {
    train: [sharedPath("data/en/wikitext-2/valid.txt")], // the train file could not be had
    heldOut: [sharedPath("data/en/wikitext-2/test_first60.txt")],
  },
  tinyshakespeare: { train: [sharedPath("data/en/tinyshakespeare/input.txt")], heldOut: [] },
  aozora: {
    train: ["soseki", "akutagawa", "miyazawa"].map((name) => sharedPath(`data/ja/aozora/${name}.txt`)),
    heldOut: [],
  },
};

/** The files of a set by its name, or a file by its path. */
export function textSet(name: string): TextSet {
  const found = sets[name];
  if (found !== undefined) return found;
  if (name.includes(".")) return { train: [name], heldOut: [] };
  throw new OptionError(`--data: expected ${Object.keys(sets).join(", ")} or a file, got ${name}`);
}

/** A byte-level tokenizer of the training files. */
export async function learnTokenizer(
  { train }: TextSet,
  vocabularySize: number,
  folder: string,
): Promise<Tokenizer> {
  const { tokenizer } = await trainTokenizerFiles({
    ...{ model: "byte-level-bpe", train: [...train], outputDirectory: join(folder, "tokenizer") },
    ...{ vocabularySize, specialTokens: ["<|endoftext|>"] },
  });
  return tokenizer;
}

/** The blocks that texts are read in, one after another; what does not fill the last block of a text is left out. */
export async function readBlocks(
  { train, heldOut }: TextSet,
  tokenizer: Tokenizer,
  settings: Pick<EncodeSettings, "maxLength" | "beginId" | "endId">,
): Promise<{ readonly train: readonly BlockItem[]; readonly heldOut: readonly BlockItem[] }> {
  const problem = languageModelling.learn([], {});
  const blocks = { train: [] as BlockItem[], heldOut: [] as BlockItem[] };
  for (const [i, path] of [...train, ...heldOut].entries()) {
    const rows = await readRows(path, { textRunsOn: true });
    const { examples } = languageModelling.readExamples(rows, guessColumns("language-modelling", rows));
    const encode = (part: typeof examples): BlockItem[] =>
      problem
        .encode(part, tokenizer, { ...settings, overflow: "stride", stride: 0 })
        .filter(({ labels }) => labels.length === settings.maxLength);
    if (i >= train.length) blocks.heldOut.push(...encode(examples));
    else if (heldOut.length > 0) blocks.train.push(...encode(examples));
    else {
      const parts = splitTail(examples, 0.1);
      blocks.train.push(...encode(parts.train));
      blocks.heldOut.push(...encode(parts.validation));
    }
  }
  const oneText = (items: readonly BlockItem[]): BlockItem[] =>
    items.map((item) => ({ ...item, goesOn: true }));
  return { train: oneText(blocks.train), heldOut: oneText(blocks.heldOut) };
}

/** The rows of a step, and whether a text begins with them. */
export interface StepRows {
  readonly rows: readonly number[];
  readonly startsAnew: boolean;
}

/** Rows drawn at random, for a model that reads each by itself. */
export function drawnRows(itemCount: number, batchSize: number, stepCount: number): StepRows[] {
  const random = new Random(1).fork("batches");
  return Array.from({ length: stepCount }, () => ({
    rows: Array.from({ length: batchSize }, () => random.integer(itemCount)),
    startsAnew: true,
  }));
}

/** Rows that go on from the same row of the step before, for a model that carries its state; again and again. */
export function runningRows(itemCount: number, batchSize: number, stepCount: number): StepRows[] {
  const batches = streamBatches(itemCount, batchSize).filter(({ length }) => length === batchSize);
  return Array.from({ length: stepCount }, (_, step) => ({
    rows: [...batches[step % batches.length]!],
    startsAnew: step % batches.length === 0,
  }));
}
