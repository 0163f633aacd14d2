import { join } from "node:path";
import { type JsonObject, Random } from "../../src/base/index.js";
import { leaves } from "../../src/engine/index.js";
import { encodeSentencePieceModel } from "../../src/formats/index.js";
import { writeModelDirectory } from "../../src/hub/index.js";
import { architectureOf, foreignWeights, matchWeights, modelInputs } from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import { byteAlphabet } from "../../src/tokenizers/byte-alphabet.js";
import { readTokenizer, type TokenizerFiles, trainSentencePiece } from "../../src/tokenizers/index.js";
import { tinyRows, tinyTokenizer } from "./tiny-model.js";

// Tiny checkpoints of the families of encoders, each with the kind of tokenizer that its published ones have.

/** The longest text that they have positions for: few enough that some of the tiny rows are longer. */
export const tinyMaxLength = 16;

interface TinyFamily {
  readonly config: JsonObject;
  files(): Promise<TokenizerFiles>;
}

const sizes: JsonObject = {
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 24,
  max_position_embeddings: tinyMaxLength,
  initializer_range: 0.2,
  pad_token_id: 0,
};

/** Their positions begin at 2. */
const robertaSizes: JsonObject = {
  ...{ ...sizes, max_position_embeddings: tinyMaxLength + 2, type_vocab_size: 1 },
  ...{ pad_token_id: 1, bos_token_id: 0, eos_token_id: 2 },
};

/** By `model_type`. */
export const tinyFamilies: Readonly<Record<string, TinyFamily>> = {
  bert: { config: sizes, files: () => wordPieces("BertTokenizer") },
  electra: { config: { ...sizes, embedding_size: 12 }, files: () => wordPieces("ElectraTokenizer") },
  distilbert: {
    config: {
      ...{ dim: 16, n_layers: 2, n_heads: 2, hidden_dim: 24, max_position_embeddings: tinyMaxLength },
      ...{ initializer_range: 0.2, pad_token_id: 0 },
    },
    files: () => wordPieces("DistilBertTokenizer"),
  },
  albert: {
    config: { ...sizes, embedding_size: 12, num_hidden_groups: 1 },
    files: () => sentencePieces("AlbertTokenizer", "spiece.model", ["[CLS]", "[SEP]", "[MASK]"]),
  },
  roberta: { config: robertaSizes, files: byteLevelPieces },
  "xlm-roberta": {
    config: robertaSizes,
    files: () => sentencePieces("XLMRobertaTokenizer", "sentencepiece.bpe.model", []),
  },
  camembert: {
    config: robertaSizes,
    files: () => sentencePieces("XLMRobertaTokenizer", "sentencepiece.bpe.model", []),
  },
};

/** Write an encoder without a head, of weights that are drawn; returns its folder. */
export async function writeTinyFamily(folder: string, modelType: string): Promise<string> {
  const { config, files } = tinyFamilies[modelType]!;
  const directory = join(folder, `tiny-${modelType}`);
  const tokenizerFiles = await files();
  const vocabularySize = readTokenizer(tokenizerFiles, directory).vocabularySize;
  const whole = { model_type: modelType, vocab_size: vocabularySize, ...config };
  const architecture = architectureOf(whole, directory);
  const network = architecture.readConfig(whole, directory);
  const { heads } = network.build("none", 0, modelInputs("none"), forInference());
  const parameters = leaves([...heads.values()], "parameter");
  const { weights } = matchWeights(architecture, parameters, new Map(), new Random(1), directory);
  await writeModelDirectory(directory, {
    config: { ...whole, architectures: [architecture.classNames.get("none")!] },
    weights: foreignWeights(architecture, "none", weights),
    files: tokenizerFiles,
  });
  return directory;
}

const sentences = tinyRows(80, 5).map(({ text }) => text);

async function wordPieces(className: string): Promise<TokenizerFiles> {
  const tokenizer = tinyTokenizer();
  const tokens = Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.idToToken(id)!);
  return new Map([
    ["vocab.txt", `${tokens.join("\n")}\n`],
    ["tokenizer_config.json", JSON.stringify({ tokenizer_class: className })],
  ]);
}

async function sentencePieces(
  className: string,
  file: string,
  controlSymbols: readonly string[],
): Promise<TokenizerFiles> {
  const ids = className === "AlbertTokenizer" ? { pad: 0, unknown: 1, begin: -1, end: -1 } : {};
  const model = await trainSentencePiece(sentences, { vocabularySize: 70, ids, controlSymbols });
  return new Map<string, string | Uint8Array>([
    [file, encodeSentencePieceModel(model)],
    ["tokenizer_config.json", JSON.stringify({ tokenizer_class: className })],
  ]);
}

/** RoBERTa's: each word of the little language is a token, all else is bytes. */
async function byteLevelPieces(): Promise<TokenizerFiles> {
  const merges = new Set<string>();
  const tokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", ...byteAlphabet()];
  for (const word of new Set(sentences.flatMap((sentence) => sentence.split(" "))))
    for (const form of [word, `Ġ${word}`])
      for (let length = 1; length < form.length; length++)
        merges.add(`${form.slice(0, length)} ${form[length]}`);
  for (const merge of merges) tokens.push(merge.replace(" ", ""));
  return new Map([
    ["vocab.json", JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id])))],
    ["merges.txt", `#version: 0.2\n${[...merges].join("\n")}\n`],
    ["tokenizer_config.json", JSON.stringify({ tokenizer_class: "RobertaTokenizer" })],
  ]);
}
