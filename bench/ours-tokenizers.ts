// Our side of the tokenizer comparison: encodes each line of a text once, or cuts it into words with their parts of
// speech, or learns a tokenizer from all of them; prints one line of JSON: seconds, those of the processor (of all
// threads, the collector of garbage among them), tokens, a checksum of the ids.
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import type { Encoding, Morpheme } from "../src/tokenizers/index.js";
import { loadJapaneseDictionary } from "../src/tokenizers/japanese/files-dictionary.js";
import { spillFiles } from "../src/tokenizers/trainers/files-spill.js";
import { trainers, trainTokenizer } from "../src/tokenizers/trainers/index.js";
import { batchEncoder } from "../src/tokenizers/worker-batch-encoder.js";
import { openTokenizer } from "../src/workflows/open-tokenizer.js";
import { startClock } from "./clock.js";

const { values } = parseArgs({
  options: {
    text: { type: "string" },
    tokenizer: { type: "string" },
    learn: { type: "string" },
    analyze: { type: "boolean", default: false },
    threads: { type: "string" },
    repeat: { type: "string", default: "1" },
    vocabulary: { type: "string", default: "8000" },
  },
});
const text = values.text!;

async function encode(directory: string): Promise<object> {
  const tokenizer = await openTokenizer({ tokenizer: directory });
  const lines = Array.from({ length: Number(values.repeat) }, () => linesOf(text)).flat();
  let encodings = new Array<Encoding>(lines.length);
  const clock = startClock();
  if (values.threads === undefined)
    for (let i = 0; i < lines.length; i++) encodings[i] = tokenizer.encode(lines[i]!);
  else encodings = await batchEncoder(tokenizer, { threads: Number(values.threads) }).encode(lines);
  const times = clock();
  let [tokenCount, checksum] = [0, 0];
  for (const { ids } of encodings) {
    tokenCount += ids.length;
    for (const id of ids) checksum = (checksum * 31 + id) % 2 ** 31;
  }
  return { ...times, tokenCount, checksum };
}

async function analyze(): Promise<object> {
  const analyzer = (await loadJapaneseDictionary()).analyzer("python");
  const lines = linesOf(text);
  const found = new Array<Morpheme[]>(lines.length);
  const clock = startClock();
  for (let i = 0; i < lines.length; i++) found[i] = analyzer.analyze(lines[i]!);
  const times = clock();
  return { ...times, tokenCount: found.reduce((sum, words) => sum + words.length, 0) };
}

function linesOf(path: string): string[] {
  return readFileSync(path, "utf8").replace(/\n$/, "").split("\n");
}

async function learn(kind: string): Promise<object> {
  const lines = createInterface({ input: createReadStream(text) });
  const spill = spillFiles();
  const clock = startClock();
  try {
    const options = { vocabularySize: Number(values.vocabulary), minFrequency: 2, counting: { spill } };
    const tokenizer = await trainTokenizer(trainers[kind]!, lines, options);
    return { ...clock(), tokenCount: tokenizer.vocabularySize };
  } finally {
    spill.close();
  }
}

const result = values.analyze
  ? await analyze()
  : values.learn === undefined
    ? await encode(values.tokenizer!)
    : await learn(values.learn);
console.log(JSON.stringify(result));
