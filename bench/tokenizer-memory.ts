import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../src/base/random.js";
import { compiled, runToEnd } from "./child-process.js";
import { stateFolder } from "./interleave.js";
import { appendRecord, loadWarning } from "./record.js";

const memoryGoal = 1.5e9; // bytes

/**
 * The most memory that learning a tokenizer takes, on a text made for it: a gigabyte with at least 20 million distinct
 * words. The program is run as a user would run it.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      megabytes: { type: "string", default: "1000" },
      kinds: { type: "string", default: "wordpiece,byte-level-bpe" },
      vocabulary: { type: "string", default: "30000" },
      seed: { type: "string", default: "1" },
    },
  });
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const { file, wordCount, distinctCount } = madeText(Number(values.megabytes), Number(values.seed));
  console.log(
    `  text: ${values.megabytes} MB, ${inWords(wordCount)} words, ${inWords(distinctCount)} distinct`,
  );
  const main = join(compiled, "src", "cli", "main.js");
  for (const kind of values.kinds.split(",")) {
    const output = join(stateFolder, `tokenizer-memory-${kind}`);
    const words = ["tokenizer", "train", "--json", "--model", kind, "--train-file", file, "--output", output];
    const program = process.execPath;
    const settings = ["--overwrite", "--vocab-size", values.vocabulary];
    const finished = await runToEnd({ program, arguments: [main, ...words, ...settings] });
    const { wallSeconds, peakBytes = Number.NaN } = finished;
    const goal = peakBytes < memoryGoal ? "" : `   MORE THAN ${memoryGoal / 1e9} GB`;
    console.log(
      `  ${kind.padEnd(18)}peak ${(peakBytes / 1e6).toFixed(0)} MB   ${wallSeconds.toFixed(0)} s${goal}`,
    );
    appendRecord("tokenizer-memory", {
      kind,
      megabytes: Number(values.megabytes),
      wordCount,
      distinctCount,
      peakBytes,
      wallSeconds,
      warning,
    });
    if (!(peakBytes < memoryGoal)) process.exitCode = 1;
  }
}

interface MadeText {
  readonly file: string;
  readonly wordCount: number;
  readonly distinctCount: number;
}

const rankCount = 1e8;

/**
 * A text whose words are as frequent as those of a language (Zipf's law: the logarithm of a word's rank is uniform),
 * spelt in syllables; ten words a line. Made once for each size and seed.
 */
function madeText(megabytes: number, seed: number): MadeText {
  const folder = join(stateFolder, "data");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `zipf-${megabytes}-${seed}.txt`);
  const facts = `${file}.json`;
  if (existsSync(file) && existsSync(facts)) return JSON.parse(readFileSync(facts, "utf8")) as MadeText;
  const random = new Random(seed);
  const seen = new Uint8Array(rankCount / 8 + 1);
  let [wordCount, distinctCount, size] = [0, 0, 0];
  const part = `${file}.part`;
  rmSync(part, { force: true });
  const descriptor = openSync(part, "w");
  while (size < megabytes * 1e6) {
    const words: string[] = [];
    for (let i = 0; i < 100_000; i++) {
      const rank = Math.floor(Math.exp(random.uniform() * Math.log(rankCount)));
      const bit = 1 << (rank & 7);
      if ((seen[rank >>> 3]! & bit) === 0) distinctCount++;
      seen[rank >>> 3]! |= bit;
      words.push(wordOf(rank), i % 10 === 9 ? "\n" : " ");
    }
    wordCount += 100_000;
    size += writeSync(descriptor, words.join(""));
  }
  closeSync(descriptor);
  renameSync(part, file);
  const made: MadeText = { file, wordCount, distinctCount };
  writeFileSync(facts, JSON.stringify(made));
  return made;
}

const onsets = [
  "b",
  "ch",
  "d",
  "f",
  "g",
  "h",
  "k",
  "l",
  "m",
  "n",
  "p",
  "r",
  "s",
  "t",
  "tr",
  "v",
  "w",
  "st",
  "sh",
  "z",
];
const syllables = onsets.flatMap((onset) => [..."aeiou"].map((vowel) => onset + vowel));

/**
 * The word of a rank, from 1: its digits in a numeral system without zero, whose digits are syllables. Each syllable
 * ends with its only vowel, so that no two ranks have the same word.
 */
export function wordOf(rank: number): string {
  let word = "";
  for (let rest = rank; rest > 0; rest = Math.floor((rest - 1) / syllables.length))
    word = syllables[(rest - 1) % syllables.length]! + word;
  return word;
}

function inWords(count: number): string {
  return `${(count / 1e6).toFixed(1)} million`;
}
