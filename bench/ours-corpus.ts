// Prepares a corpus as a user's program would, with all cleaning, and prints what came of it: for corpus-memory.
import { prepareCorpus } from "../src/data/index.js";
import { wordPieceTokenizer } from "../src/tokenizers/index.js";
import { wordOf } from "./tokenizer-memory.js";

const [file, directory, threads] = process.argv.slice(2);
const words = Array.from({ length: 30_000 }, (_, i) => wordOf(i + 1));
const pieces = words.slice(0, 100).map((syllable) => `##${syllable}`);
const tokenizer = wordPieceTokenizer([
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "[MASK]",
  ".",
  ...words,
  ...pieces,
]);
const { corpus } = await prepareCorpus({
  ...{ files: [file!], directory: directory!, tokenizer, threads: Number(threads) },
  ...{ overwrite: true, duplicateLines: true, nearDuplicates: 0.8 },
});
console.log(JSON.stringify(corpus.report));
