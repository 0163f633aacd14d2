import { readFile } from "node:fs/promises";
import { basename, dirname, extname } from "node:path";
import { isFile, readTextFile } from "../hub/files-read.js";
import { readTokenizer, type Tokenizer } from "../tokenizers/index.js";
import { openTokenizer as openTokenizerDirectory } from "./open-model.js";

/** Where a tokenizer comes from. */
export interface TokenizerSource {
  /** A tokenizer directory, a tokenizer.json, vocab.txt or SentencePiece .model, or a name on the Hugging Face Hub. */
  tokenizer: string;
  /** Branch, tag or commit of a name on the Hub. Default `main`. */
  revision?: string;
  /** Take it from the cache and never use the network. Default: what HF_HUB_OFFLINE says. */
  offline?: boolean;
}

/** A quarter of a million tokens and their merges have some 40 MB. */
const sizeLimit = 200_000_000;

/** Open a tokenizer by directory, file or Hub name. */
export async function openAnyTokenizer(source: TokenizerSource): Promise<Tokenizer> {
  const { tokenizer: path, revision, offline } = source;
  if (!(await isFile(path))) {
    return openTokenizerDirectory(path, {
      ...(revision === undefined ? {} : { revision }),
      ...(offline === undefined ? {} : { offline }),
    });
  }
  if (extname(path) === ".model") {
    const models = new Map([[basename(path), await readFile(path)]]);
    return readTokenizer(new Map(), dirname(path), models);
  }
  const name = extname(path) === ".json" ? "tokenizer.json" : "vocab.txt";
  return readTokenizer(new Map([[name, await readTextFile(path, sizeLimit)]]), dirname(path));
}
