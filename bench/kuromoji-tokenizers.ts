// kuromoji's side of the analyser comparison: cuts each line of a text into words, with their parts of speech, and
// prints one line of JSON: seconds, those of the processor, words.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import * as kuromoji from "@patdx/kuromoji";
import NodeDictionaryLoader from "@patdx/kuromoji/node";
import { startClock } from "./clock.js";

// it only analyses; the flag is that of the other sides
const { values } = parseArgs({ options: { text: { type: "string" }, analyze: { type: "boolean" } } });
const dicPath = join(dirname(createRequire(import.meta.url).resolve("@patdx/kuromoji")), "..", "dict/");
const tokenizer = await new kuromoji.TokenizerBuilder({
  loader: new NodeDictionaryLoader({ dic_path: dicPath }),
}).build();
const lines = readFileSync(values.text!, "utf8").replace(/\n$/, "").split("\n");
const found = new Array<object[]>(lines.length);
const clock = startClock();
for (let i = 0; i < lines.length; i++) found[i] = tokenizer.tokenize(lines[i]!);
const times = clock();
const tokenCount = found.reduce((sum, words) => sum + words.length, 0);
console.log(JSON.stringify({ ...times, tokenCount, checksum: 0 }));
