import { existsSync, readFileSync } from "node:fs";
import { sharedPath } from "../../test/shared.js";
import { readTokenizer, type Tokenizer, wordPieceTokenizer } from "../tokenizers/index.js";

const folder = "models/all-MiniLM-L6-v2";

/** A file that tests with real ids need. */
export const minilmFile: string = `${folder}/tokenizer.json`;

/** The tokenizer of a real checkpoint: BERT's English one. */
export function minilm(): Tokenizer {
  const names = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"].filter((name) =>
    existsSync(sharedPath(`${folder}/${name}`)),
  );
  return readTokenizer(
    new Map(names.map((name) => [name, readFileSync(sharedPath(`${folder}/${name}`), "utf8")])),
    folder,
  );
}

/** A BERT tokenizer that knows letters, digits and kana one by one, `##` before those inside a word. */
export function spelling(words: readonly string[] = []): Tokenizer {
  const letters = [
    ..."abcdefghijklmnopqrstuvwxyz0123456789.,?!あいうえおかがきくけこそとにのはもよアイウエオソトニーン東京都学",
  ];
  return wordPieceTokenizer(
    [
      ...new Set([
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        ...words,
        ...letters,
        ...letters.map((letter) => `##${letter}`),
      ]),
    ],
    { stripAccents: false },
  );
}
