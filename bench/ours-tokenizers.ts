// Our side of the tokenizer comparison: encodes each line of a text once, or learns a tokenizer from them, and prints
// one line of JSON: seconds, tokens, a checksum of the ids.
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { readTokenizer } from "../src/tokenizers/index.js";
import { spillFiles } from "../src/tokenizers/trainers/files-spill.js";
import { trainers, trainTokenizer } from "../src/tokenizers/trainers/index.js";

const { values } = parseArgs({
  options: {
    text: { type: "string" },
    tokenizer: { type: "string" },
    learn: { type: "string" },
    vocabulary: { type: "string", default: "8000" },
  },
});
const text = values.text!;

function encode(directory: string): object {
  const names = [
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.json",
    "merges.txt",
  ];
  const present = names.filter((name) => existsSync(join(directory, name)));
  const files = new Map(present.map((name) => [name, readFileSync(join(directory, name), "utf8")]));
  const tokenizer = readTokenizer(files, directory);
  const lines = readFileSync(text, "utf8").replace(/\n$/, "").split("\n");
  const encodings = new Array<{ ids: Int32Array }>(lines.length);
  const start = performance.now();
  for (let i = 0; i < lines.length; i++) encodings[i] = tokenizer.encode(lines[i]!);
  const seconds = (performance.now() - start) / 1000;
  let [tokenCount, checksum] = [0, 0];
  for (const { ids } of encodings) {
    tokenCount += ids.length;
    for (const id of ids) checksum = (checksum * 31 + id) % 2 ** 31;
  }
  return { seconds, tokenCount, checksum };
}

async function learn(kind: string): Promise<object> {
  const lines = createInterface({ input: createReadStream(text) });
  const spill = spillFiles();
  const start = performance.now();
  try {
    const options = { vocabularySize: Number(values.vocabulary), minFrequency: 2, counting: { spill } };
    const tokenizer = await trainTokenizer(trainers[kind]!, lines, options);
    return { seconds: (performance.now() - start) / 1000, tokenCount: tokenizer.vocabularySize, checksum: 0 };
  } finally {
    spill.close();
  }
}

const result = values.learn === undefined ? encode(values.tokenizer!) : await learn(values.learn);
console.log(JSON.stringify(result));
