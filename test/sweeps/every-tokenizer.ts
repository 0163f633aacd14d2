import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  readTokenizer,
  type Tokenizer,
  trainers,
  trainSentencePieceTokenizer,
  trainTokenizer,
} from "../../src/tokenizers/index.js";
import { loadJapaneseDictionary } from "../../src/tokenizers/japanese/files-dictionary.js";
import { repository } from "../shared.js";

/** A tokenizer and what of the laws holds for its kind. */
export interface AnyTokenizer {
  readonly name: string;
  readonly tokenizer: Tokenizer;
  /** Decoding gives the text back, where the text holds none of these. */
  readonly losslessBut?: RegExp;
  /** Whether all that is not in some span is nothing by itself; the tokenizers library lets composed letters stand for their first. */
  readonly coversText: boolean;
}

const goldens = join(repository, "test/golden/sentence-piece");

/** A text in Japanese and English. */
export const corpus: readonly string[] = readFileSync(join(goldens, "corpus.txt"), "utf8").split("\n");

/** Of every kind one: each trainer's, each form of SentencePiece, each family read from a .model, the Japanese ones. */
export async function everyTokenizer(): Promise<AnyTokenizer[]> {
  return [...(await ofTrainers()), ...(await ofSentencePiece()), ...ofFamilies(), ...(await ofJapanese())];
}

async function ofTrainers(): Promise<AnyTokenizer[]> {
  const found: AnyTokenizer[] = [];
  for (const [name, trainer] of Object.entries(trainers)) {
    const tokenizer = await trainTokenizer(trainer, corpus, { vocabularySize: 2500 });
    const isBytes = name === "byte-level-bpe";
    const lossless = isBytes ? { losslessBut: /[\ud800-\udfff]/u } : {};
    found.push({ name: `trainer ${name}`, tokenizer, coversText: isBytes, ...lossless });
  }
  return found;
}

/** What the identity normaliser changes: the sign for spaces, and spaces side by side, at the ends or at a special token. */
const unkept = /[\u2581\ud800-\udfff]|^ | $| {2}| <|> /u;

async function ofSentencePiece(): Promise<AnyTokenizer[]> {
  const found: AnyTokenizer[] = [];
  for (const type of ["bpe", "unigram", "char", "word"] as const) {
    for (const byteFallback of [false, true]) {
      const vocabularySize = byteFallback ? 1300 : 1000;
      const options = { type, byteFallback, vocabularySize, characterCoverage: 0.99 };
      const tokenizer = await trainSentencePieceTokenizer(corpus, options);
      // an unknown word is spelt with the sign for the space before it
      const lossless = byteFallback && type !== "word" ? { losslessBut: unkept } : {};
      const name = `SentencePiece ${type}${byteFallback ? " with bytes" : ""}`;
      found.push({ name, tokenizer, coversText: true, ...lossless });
    }
  }
  return found;
}

function ofFamilies(): AnyTokenizer[] {
  const names = [
    ...["albert", "bigbird", "camembert", "deberta-v2", "llama", "mbart", "mbart50", "nllb", "pegasus"],
    ...["t5", "xlm-roberta", "xlnet"],
  ];
  const found = names.map((name): AnyTokenizer => {
    const { file, model, config } = readGolden(`families/${name}.json`);
    const tokenizer = readTokenizer(
      new Map<string, string | Uint8Array>([
        ["tokenizer_config.json", JSON.stringify(config)],
        [file, readFileSync(join(goldens, "families", model))],
      ]),
      name,
    );
    const lossless = name === "llama" ? { losslessBut: /^ |[\u2581\ud800-\udfff]/u } : {};
    return { name, tokenizer, coversText: false, ...lossless };
  });
  for (const name of ["shared", "separate"]) {
    const { config, files } = readGolden(`marian/${name}.json`);
    const tokenizer = readTokenizer(
      new Map<string, string | Uint8Array>([
        ["tokenizer_config.json", JSON.stringify(config)],
        ...Object.entries(files).map(([file, json]) => [file, JSON.stringify(json)] as const),
        ...["source.spm", "target.spm"].map(
          (file) => [file, readFileSync(join(goldens, "marian", file))] as const,
        ),
      ]),
      name,
    );
    found.push({ name: `Marian, vocabulary ${name}`, tokenizer, coversText: true });
    found.push({
      name: `Marian's target, vocabulary ${name}`,
      tokenizer: tokenizer.target,
      coversText: true,
    });
  }
  return found;
}

async function ofJapanese(): Promise<AnyTokenizer[]> {
  const dictionary = await loadJapaneseDictionary();
  const characters = [...new Set(corpus.join("").normalize("NFKC"))].filter((one) => one.trim() !== "");
  const vocabulary = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    ...characters,
    ...characters.map((one) => `##${one}`),
  ];
  const words = { word_tokenizer_type: "mecab", mecab_kwargs: { mecab_dic: "ipadic" } };
  const found: AnyTokenizer[] = [];
  for (const pieces of ["wordpiece", "character"]) {
    const config = { tokenizer_class: "BertJapaneseTokenizer", subword_tokenizer_type: pieces, ...words };
    const files = new Map([
      ["vocab.txt", vocabulary.join("\n")],
      ["tokenizer_config.json", JSON.stringify(config)],
    ]);
    const tokenizer = readTokenizer(files, pieces, dictionary);
    found.push({ name: `BertJapanese, ${pieces}`, tokenizer, coversText: true });
  }
  for (const name of ["no-words", "mecab", "mecab-lower", "basic"]) {
    const { config, model } = readGolden(`bert-japanese/${name}.json`);
    const files = new Map<string, string | Uint8Array>([
      ["tokenizer_config.json", JSON.stringify(config)],
      ["spiece.model", readFileSync(join(goldens, "bert-japanese", model))],
    ]);
    const tokenizer = readTokenizer(files, name, dictionary);
    found.push({ name: `BertJapanese, sentencepiece, ${name}`, tokenizer, coversText: true });
  }
  return found;
}

function readGolden(name: string) {
  return JSON.parse(readFileSync(join(goldens, name), "utf8"));
}
