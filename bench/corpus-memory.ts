import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../src/base/random.js";
import type { CorpusReport } from "../src/data/index.js";
import { compiled, runToEnd } from "./child-process.js";
import { stateFolder } from "./interleave.js";
import { appendRecord, loadWarning } from "./record.js";
import { wordOf } from "./tokenizer-memory.js";

const memoryGoal = 1e9; // bytes

/** The most memory that preparing a corpus takes, with all cleaning, on a text made for it. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      megabytes: { type: "string", default: "5000" },
      threads: { type: "string", default: "2" },
      seed: { type: "string", default: "1" },
    },
  });
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const file = madeTexts(Number(values.megabytes), Number(values.seed));
  const directory = join(stateFolder, "corpus-memory");
  rmSync(directory, { recursive: true, force: true }); // one that is there would be taken as it is
  const program = join(compiled, "bench", "ours-corpus.js");
  const finished = await runToEnd({
    program: process.execPath,
    arguments: [program, file, directory, values.threads],
  });
  const { stdout, wallSeconds, peakBytes = Number.NaN } = finished;
  const { documentCount, tokenCount, removed } = JSON.parse(stdout) as CorpusReport;
  const goal = peakBytes < memoryGoal ? "" : `   MORE THAN ${memoryGoal / 1e9} GB`;
  console.log(`  ${values.megabytes} MB: ${documentCount} documents, ${tokenCount} tokens`);
  for (const { step, count, missedCount } of removed)
    console.log(`  ${step.padEnd(18)}${count} left out, ${missedCount} found no room`);
  console.log(`  peak ${(peakBytes / 1e6).toFixed(0)} MB   ${wallSeconds.toFixed(0)} s${goal}`);
  const megabytes = Number(values.megabytes);
  const threads = Number(values.threads);
  const counted = removed.map(({ step, count, missedCount }) => ({ step, count, missedCount }));
  const counts = { documentCount, tokenCount, removed: counted };
  appendRecord("corpus-memory", { megabytes, threads, ...counts, peakBytes, wallSeconds, warning });
  rmSync(directory, { recursive: true, force: true });
  if (!(peakBytes < memoryGoal)) process.exitCode = 1;
}

/**
 * Documents of about 1.5 kB, parted by blank lines, whose words are as frequent as those of a language; of a hundred,
 * two are an earlier one again, and three are one with a word changed. Made once for each size and seed.
 */
function madeTexts(megabytes: number, seed: number): string {
  const folder = join(stateFolder, "data");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `documents-${megabytes}-${seed}.txt`);
  if (existsSync(file)) return file;
  const part = `${file}.part`;
  const descriptor = openSync(part, "w");
  let size = 0;
  for (let number = 0; size < megabytes * 1e6; ) {
    let texts = "";
    for (let i = 0; i < 1000; i++, number++) texts += `${documentOf(number, seed)}\n\n`;
    size += writeSync(descriptor, texts);
  }
  closeSync(descriptor);
  renameSync(part, file);
  return file;
}

function documentOf(number: number, seed: number): string {
  const kind = number % 100;
  const isCopy = number >= 100 && kind < 5;
  const random = new Random(seed).fork("document", isCopy ? number - 50 : number);
  const sentences = Array.from({ length: 5 + random.integer(30) }, () => {
    const words = Array.from({ length: 5 + random.integer(12) }, () =>
      wordOf(Math.floor(Math.exp(random.uniform() * Math.log(1e8)))),
    );
    return `${words.join(" ")}.`;
  });
  if (isCopy && kind >= 2) sentences[0] = sentences[0]!.replace(/^\S+/, "other");
  const lines = Array.from({ length: Math.ceil(sentences.length / 4) }, (_, i) =>
    sentences.slice(4 * i, 4 * i + 4).join(" "),
  );
  return lines.join("\n");
}
