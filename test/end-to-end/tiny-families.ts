import { join } from "node:path";
import { type JsonObject, Random } from "../../src/base/index.js";
import { leaves } from "../../src/engine/index.js";
import { encodeSentencePieceModel } from "../../src/formats/index.js";
import { writeModelDirectory } from "../../src/hub/index.js";
import { architectureOf, foreignWeights, matchWeights, modelInputs } from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import { byteAlphabet } from "../../src/tokenizers/byte-alphabet.js";
import {
  readTokenizer,
  type TokenizerFiles,
  type TrainSentencePieceOptions,
  trainSentencePiece,
} from "../../src/tokenizers/index.js";
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
  deberta: {
    config: {
      ...{ ...sizes, type_vocab_size: 0, position_biased_input: false },
      ...{ relative_attention: true, pos_att_type: "c2p|p2c" },
    },
    files: bytePairs,
  },
  modernbert: {
    config: { ...sizes, ...{ local_attention: 4, cls_token_id: 1, sep_token_id: 2 } },
    files: bytePairs,
  },
  "deberta-v2": {
    config: {
      ...{ ...sizes, type_vocab_size: 0, position_biased_input: false, norm_rel_ebd: "layer_norm" },
      ...{ relative_attention: true, position_buckets: 4, pos_att_type: ["p2c", "c2p"], share_att_key: true },
    },
    files: () => sentencePieces("DebertaV2Tokenizer", "spm.model", []),
  },
  xlnet: {
    config: {
      ...{ d_model: 16, n_layer: 2, n_head: 2, d_inner: 24, summary_activation: "tanh" },
      ...{ initializer_range: 0.2, pad_token_id: 5 },
    },
    files: () => sentencePieces("XLNetTokenizer", "spiece.model", ["<cls>", "<sep>", "<pad>", "<mask>"]),
  },
};

/** Write an encoder without a head, of weights that are drawn; `changes` stand over its settings. Returns its folder. */
export async function writeTinyFamily(
  folder: string,
  modelType: string,
  changes: JsonObject = {},
): Promise<string> {
  const { config, files } = tinyFamilies[modelType]!;
  const directory = join(folder, `tiny-${modelType}`);
  const tokenizerFiles = await files();
  const vocabularySize = readTokenizer(tokenizerFiles, directory).vocabularySize;
  const whole = { model_type: modelType, vocab_size: vocabularySize, ...config, ...changes };
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

/** Of the pieces that are no text, by the class of the tokenizer. */
const specialIds: Readonly<Record<string, TrainSentencePieceOptions["ids"]>> = {
  AlbertTokenizer: { pad: 0, unknown: 1, begin: -1, end: -1 },
  DebertaV2Tokenizer: { pad: 0, begin: 1, end: 2, unknown: 3 },
};

/** What DeBERTa's model calls them. */
const bertNames = new Map([
  ["<pad>", "[PAD]"],
  ["<s>", "[CLS]"],
  ["</s>", "[SEP]"],
  ["<unk>", "[UNK]"],
]);

async function sentencePieces(
  className: string,
  file: string,
  controlSymbols: readonly string[],
): Promise<TokenizerFiles> {
  const ids = specialIds[className] ?? {};
  const model = await trainSentencePiece(sentences, { vocabularySize: 70, ids, controlSymbols });
  const names = className === "DebertaV2Tokenizer" ? bertNames : new Map<string, string>();
  const pieces = model.pieces.map((entry) => ({ ...entry, piece: names.get(entry.piece) ?? entry.piece }));
  return new Map<string, string | Uint8Array>([
    [file, encodeSentencePieceModel({ ...model, pieces })],
    ["tokenizer_config.json", JSON.stringify({ tokenizer_class: className })],
  ]);
}

/** RoBERTa's: each word of the little language is a token, all else is bytes. */
async function byteLevelPieces(): Promise<TokenizerFiles> {
  const { vocabulary, merges } = byteLevelMerges(["<s>", "<pad>", "</s>", "<unk>", "<mask>"]);
  return new Map([
    ["vocab.json", JSON.stringify(vocabulary)],
    ["merges.txt", `#version: 0.2\n${merges.join("\n")}\n`],
    ["tokenizer_config.json", JSON.stringify({ tokenizer_class: "RobertaTokenizer" })],
  ]);
}

/** DeBERTa's and ModernBERT's: the same pieces in a tokenizer.json, with BERT's special tokens. */
async function bytePairs(): Promise<TokenizerFiles> {
  const special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"];
  const { vocabulary, merges } = byteLevelMerges(special);
  const places = (token: string, typeId: number): JsonObject => ({
    SpecialToken: { id: token, type_id: typeId },
  });
  const sequence = (id: string, typeId: number): JsonObject => ({ Sequence: { id, type_id: typeId } });
  const bytes = { add_prefix_space: false, trim_offsets: true, use_regex: true };
  const tokenizer: JsonObject = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      ...{ id, content, single_word: false, lstrip: content === "[MASK]", rstrip: false },
      ...{ normalized: false, special: true },
    })),
    normalizer: { type: "NFC" },
    pre_tokenizer: { type: "ByteLevel", ...bytes },
    post_processor: {
      type: "TemplateProcessing",
      single: [places("[CLS]", 0), sequence("A", 0), places("[SEP]", 0)],
      pair: [
        ...[places("[CLS]", 0), sequence("A", 0), places("[SEP]", 0)],
        ...[sequence("B", 0), places("[SEP]", 0)],
      ],
      special_tokens: Object.fromEntries(
        ["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [special.indexOf(id)], tokens: [id] }]),
      ),
    },
    decoder: { type: "ByteLevel", ...bytes },
    model: {
      ...{ type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: "" },
      ...{ end_of_word_suffix: "", fuse_unk: false, byte_fallback: false, ignore_merges: false },
      vocab: vocabulary,
      merges,
    },
  };
  const names = Object.fromEntries(
    ["pad", "cls", "sep", "unk", "mask"].map((role, id) => [`${role}_token`, special[id]!]),
  );
  return new Map([
    ["tokenizer.json", JSON.stringify(tokenizer)],
    ["tokenizer_config.json", JSON.stringify({ tokenizer_class: "PreTrainedTokenizerFast", ...names })],
  ]);
}

/** Byte-level merges by which each word of the little language becomes one token, and the ids of all tokens. */
function byteLevelMerges(special: readonly string[]): { vocabulary: JsonObject; merges: string[] } {
  const merges = new Set<string>();
  for (const word of new Set(sentences.flatMap((sentence) => sentence.split(" "))))
    for (const form of [word, `Ġ${word}`])
      for (let length = 1; length < form.length; length++)
        merges.add(`${form.slice(0, length)} ${form[length]}`);
  const tokens = [...special, ...byteAlphabet(), ...[...merges].map((merge) => merge.replace(" ", ""))];
  return {
    vocabulary: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges: [...merges],
  };
}
