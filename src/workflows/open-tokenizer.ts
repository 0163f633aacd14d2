import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { FileError } from "../base/index.js";
import { isFile, readTextFile } from "../hub/files-read.js";
import { resolveModel } from "../hub/index.js";
import {
  chatTemplateFile,
  dictionaryRecordFile,
  needsJapaneseDictionary,
  readTokenizer,
  sentencePieceFiles,
  type Tokenizer,
} from "../tokenizers/index.js";

/** Where a tokenizer comes from. */
export interface TokenizerSource {
  /** A tokenizer directory, a tokenizer.json, vocab.txt or SentencePiece .model, or a name on the Hugging Face Hub. */
  readonly tokenizer: string;
  /** Branch, tag or commit of a name on the Hub. Default `main`. */
  readonly revision?: string;
  /** Take it from the cache and never use the network. Default: what HF_HUB_OFFLINE says. */
  readonly offline?: boolean;
}

/** A quarter of a million tokens and their merges have some 40 MB. */
const sizeLimit = 200_000_000;

const textFiles = [
  ...["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"],
  ...["vocab.txt", "vocab.json", "target_vocab.json", "merges.txt", dictionaryRecordFile, chatTemplateFile],
];

/** Open a tokenizer by directory, file or Hub name; the Japanese dictionary is loaded where the tokenizer cuts with it. */
export async function openTokenizer({ tokenizer, revision, offline }: TokenizerSource): Promise<Tokenizer> {
  if (await isFile(tokenizer)) return openFile(tokenizer);
  const { directory } = await resolveModel(tokenizer, {
    ...(revision === undefined ? {} : { revision }),
    ...(offline === undefined ? {} : { offline }),
  });
  const files = new Map<string, string | Uint8Array>();
  for (const name of textFiles) {
    const path = join(directory, name);
    if (await isFile(path)) files.set(name, await readTextFile(path, sizeLimit));
  }
  for (const name of sentencePieceFiles) {
    const path = join(directory, name);
    if (await isFile(path)) files.set(name, await readFile(path));
  }
  if (files.size === 0)
    throw new FileError(
      directory,
      "expected tokenizer files (tokenizer.json, vocab.txt or a SentencePiece model), got none",
      {
        hint: "name the folder that holds them: --tokenizer DIR",
      },
    );
  if (!needsJapaneseDictionary(files, directory)) return readTokenizer(files, directory);
  const { loadJapaneseDictionary } = await import("../tokenizers/japanese/files-dictionary.js");
  return readTokenizer(files, directory, await loadJapaneseDictionary());
}

async function openFile(path: string): Promise<Tokenizer> {
  if (extname(path) === ".model") {
    return readTokenizer(new Map([[basename(path), await readFile(path)]]), dirname(path));
  }
  const name = extname(path) === ".json" ? "tokenizer.json" : "vocab.txt";
  return readTokenizer(new Map([[name, await readTextFile(path, sizeLimit)]]), dirname(path));
}
