/**
 * How many tokens a second the WordPiece tokenizer makes, spans included, on one thread.
 *
 *     node dist/bench/tokenizer-speed.js TOKENIZER_DIRECTORY FILE...
 *
 * Each line of the files is encoded once a round; the first round has cold caches. With no arguments it takes
 * the MiniLM tokenizer and the English and Japanese texts of ../shared.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readTokenizer } from "../src/tokenizers/index.js";
import { sharedPath } from "../test/shared.js";

const usual = ["models/all-MiniLM-L6-v2", "data/en/wikitext-2/valid.txt", "data/ja/aozora/soseki.txt"].map(
  sharedPath,
);
const [directory, ...texts] = process.argv.length > 2 ? process.argv.slice(2) : usual;
const roundCount = 5;

const names = ["tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json"];
const present = names.filter((name) => existsSync(join(directory!, name)));
if (present.length === 0 || !texts.every((path) => existsSync(path))) {
  console.error(`expected a tokenizer in ${directory} and the texts ${texts.join(", ")}`);
  process.exit(2);
}
const files = new Map(present.map((name) => [name, readFileSync(join(directory!, name), "utf8")]));

console.log(`node ${process.version}, ${process.platform} ${process.arch}, 1 thread`);
for (const path of texts) {
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const megabytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / 1e6;
  const tokenizer = readTokenizer(files, directory!);
  for (let round = 1; round <= roundCount; round++) {
    const start = performance.now();
    let tokenCount = 0;
    for (const line of lines) tokenCount += tokenizer.encode(line).ids.length;
    const seconds = (performance.now() - start) / 1000;
    const rate = Math.round(tokenCount / seconds).toLocaleString("en");
    const speed = (megabytes / seconds).toFixed(1);
    console.log(`${basename(path)}  round ${round}  ${lines.length} lines  ${rate} tokens/s  ${speed} MB/s`);
  }
}
