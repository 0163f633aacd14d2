// A Japanese tokenizer that knows words: MeCab's, cut into pieces where they are rare. Pieces learnt from raw text know
// none, and a sentence would be one word, so that whole words could not be hidden.
import { existsSync } from "node:fs";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSegmenter } from "../../src/workflows/segment-texts.js";
import { trainTokenizerFiles } from "../../src/workflows/train-tokenizer.js";

/** How the tokenizer's files say what it is, to Python's transformers too. */
const config = {
  tokenizer_class: "BertJapaneseTokenizer",
  ...{ do_lower_case: false, word_tokenizer_type: "mecab", subword_tokenizer_type: "wordpiece" },
  mecab_kwargs: { mecab_dic: "ipadic" },
  model_max_length: 512,
  ...{ unk_token: "[UNK]", sep_token: "[SEP]", pad_token: "[PAD]", cls_token: "[CLS]", mask_token: "[MASK]" },
};

/** The most characters that are kept, each at the beginning of a word and within; rarer ones are unknown. */
const alphabetLimit = 2200;

/** Learn word pieces from lines, if the folder has none yet; returns the folder. */
export async function japaneseWordPieces(
  folder: string,
  lines: Iterable<string>,
  vocabularySize: number,
): Promise<string> {
  const directory = join(folder, "tokenizer");
  if (existsSync(join(directory, "tokenizer_config.json"))) return directory;
  const [words, learnt] = [join(folder, "words.txt"), join(folder, "learnt")];
  await mkdir(directory, { recursive: true });
  const segment = await openSegmenter();
  const spaced: string[] = [];
  for (const line of lines)
    spaced.push(
      segment(line.normalize("NFKC"))
        .tokens.map(([surface]) => surface)
        .join(" "),
    );
  await writeFile(words, `${spaced.join("\n")}\n`);
  await trainTokenizerFiles({
    ...{ model: "wordpiece", train: [words], vocabularySize, outputDirectory: learnt, overwrite: true },
    ...{ lowercase: false, stripAccents: false, separateIdeographs: false, alphabetLimit },
  });
  await copyFile(join(learnt, "vocab.txt"), join(directory, "vocab.txt"));
  await writeFile(join(directory, "tokenizer_config.json"), `${JSON.stringify(config, null, 2)}\n`);
  for (const passing of [words, learnt]) await rm(passing, { recursive: true });
  return directory;
}
