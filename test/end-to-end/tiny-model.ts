import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type JsonObject, Random } from "../../src/base/index.js";
import { input, leaves } from "../../src/engine/index.js";
import { writeModelDirectory } from "../../src/hub/index.js";
import { bert } from "../../src/models/bert.js";
import { foreignWeights, matchWeights } from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import { type Tokenizer, wordPieceTokenizer } from "../../src/tokenizers/index.js";

// A BERT small enough to be trained in seconds, and a language of some forty words in which praise and blame
// can be learnt.

const praise = ["good", "fine", "great", "lovely", "bright"];
const blame = ["bad", "poor", "dull", "awful", "weak"];
const others = "the a film story actor scene is was very and but music plot of in it this one".split(" ");

/** A folder that is gone after the test. */
export async function temporaryFolder(context: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tsugiki-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The tokenizer of the tiny model: whole words, and letters for all else. */
export function tinyTokenizer(): Tokenizer {
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const words = [...praise, ...blame, ...others.filter((word) => word.length > 1)];
  return wordPieceTokenizer([
    ...special,
    ...words,
    ...letters,
    ...letters.map((letter) => `##${letter}`),
    ".",
    ",",
  ]);
}

/** Its config.json; `changes` stand over it. */
export function tinyConfig(changes: JsonObject = {}): JsonObject {
  return {
    model_type: "bert",
    architectures: ["BertModel"],
    vocab_size: tinyTokenizer().vocabularySize,
    hidden_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 64,
    max_position_embeddings: 48,
    type_vocab_size: 2,
    hidden_act: "gelu",
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    initializer_range: 0.1,
    layer_norm_eps: 1e-12,
    pad_token_id: 0,
    ...changes,
  };
}

/** Write the tiny checkpoint, an encoder without a head whose weights the seed decides; returns its folder. */
export async function writeTinyModel(
  folder: string,
  { seed = 1, config: changes = {} }: { seed?: number; config?: JsonObject } = {},
): Promise<string> {
  const directory = join(folder, "tiny-bert");
  const config = tinyConfig(changes);
  const ids = (name: string): ReturnType<typeof input> => input(name, ["batch", "sequence"], "int64");
  const inputs = { ids: ids("ids"), mask: ids("mask"), typeIds: ids("typeIds") };
  const outputs = bert.readConfig(config, directory).build("none", 0, inputs, forInference());
  const parameters = leaves([...outputs.heads.values()], "parameter");
  const { weights } = matchWeights(bert, parameters, new Map(), new Random(seed), directory);
  await writeModelDirectory(directory, {
    config,
    weights: foreignWeights(bert, "none", weights),
    files: tinyTokenizer().toFiles(),
  });
  return directory;
}

/** A row of the tiny language. */
export interface TinyRow {
  readonly text: string;
  readonly label: string;
}

/** Rows that are labelled `praise` or `blame` by which words they have more of; 3 to 14 words long. */
export function tinyRows(count: number, seed: number): TinyRow[] {
  const random = new Random(seed);
  const pick = (words: readonly string[]): string => words[random.integer(words.length)]!;
  return Array.from({ length: count }, () => {
    const isPraise = random.integer(2) === 1;
    const words = Array.from({ length: 2 + random.integer(12) }, () => pick(others));
    words.splice(random.integer(words.length + 1), 0, pick(isPraise ? praise : blame));
    return { text: words.join(" "), label: isPraise ? "praise" : "blame" };
  });
}

/** Write rows as JSONL; returns the path. */
export async function writeRows(path: string, rows: readonly object[]): Promise<string> {
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return path;
}

/** What a run needs, in one folder: the checkpoint, training rows and validation rows. */
export interface TinyWorld {
  readonly folder: string;
  readonly model: string;
  readonly train: string;
  readonly validation: string;
  /** A new path in the folder. */
  path(name: string): string;
}

/** Write a tiny checkpoint with 48 training and 20 validation rows. */
export async function tinyWorld(
  context: Pick<TestContext, "after">,
  { config = {}, trainRows = 48 }: { config?: JsonObject; trainRows?: number } = {},
): Promise<TinyWorld> {
  const folder = await temporaryFolder(context);
  return {
    folder,
    model: await writeTinyModel(folder, { config }),
    train: await writeRows(join(folder, "train.jsonl"), tinyRows(trainRows, 11)),
    validation: await writeRows(join(folder, "dev.jsonl"), tinyRows(20, 12)),
    path: (name) => join(folder, name),
  };
}

/** The flags of a run of 12 steps that writes a checkpoint after every second. */
export function tinyFlags({ model, train, validation }: TinyWorld): string[] {
  return [
    ...["--model", model, "--train-file", train, "--validation-file", validation],
    ...["--max-steps", "12", "--batch-size", "4", "--learning-rate", "2e-3", "--threads", "1"],
    ...["--accumulation-steps", "2", "--evaluate-every", "4", "--save-every", "2", "--best-metric", "loss"],
  ];
}
