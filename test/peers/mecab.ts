import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { loadJapaneseDictionary } from "../../src/tokenizers/japanese/files-dictionary.js";
import { sharedPath } from "../shared.js";

// Compares the Japanese analyser with MeCab itself on real text, line by line and with all columns:
//
//   node dist/test/peers/mecab.js [--count 50000] [--edition debian] [--dictionary DIR]
//
// It needs the program `mecab` with the dictionary mecab-ipadic-utf8; for the edition `python`, name the
// directory of the package ipadic.

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "50000" },
    edition: { type: "string", default: "debian" },
    dictionary: { type: "string" },
  },
});

const lines = sample(japaneseLines(["corpora", "data"].map(sharedPath)), Number(values.count));
const edition = values.edition === "python" ? "python" : "debian";
const analyzer = (await loadJapaneseDictionary()).analyzer(edition);
let surfacesDiffer = 0;
let columnsDiffer = 0;
let wordCount = 0;
const linesPerRun = 20_000;
for (let from = 0; from < lines.length; from += linesPerRun) {
  const part = lines.slice(from, from + linesPerRun);
  const expected = mecab(part, values.dictionary);
  part.forEach((line, i) => {
    compare(line, expected[i]!);
  });
}
const share = (count: number): string => `${(100 * (1 - count / lines.length)).toFixed(4)} %`;
console.log(`  lines    ${lines.length} distinct, ${wordCount} words, edition ${edition}`);
console.log(`  equal    ${share(surfacesDiffer)} in words, ${share(columnsDiffer)} in all columns`);
if (lines.length === 0 || surfacesDiffer > lines.length / 1000) process.exitCode = 1;

function compare(line: string, theirs: readonly string[]): void {
  const ours = analyzer.analyze(line);
  wordCount += theirs.length;
  const surfaces = (words: readonly string[]): string => words.map((word) => word.split("\t")[0]).join("\t");
  const printed = ours.map((word) => `${word.surface}\t${word.features.join(",")}`);
  if (printed.join("\n") === theirs.join("\n")) return;
  columnsDiffer++;
  if (surfaces(printed) !== surfaces(theirs)) surfacesDiffer++;
  if (columnsDiffer > 20) return;
  const at = printed.findIndex((word, k) => word !== theirs[k]);
  console.log(`  differs  ${JSON.stringify(line.slice(0, 60))}`);
  console.log(`           ours  ${printed.slice(at, at + 3).join("  ")}`);
  console.log(`           mecab ${theirs.slice(at, at + 3).join("  ")}`);
}

/** Distinct lines with kana or kanji, from all text files below the folders. */
function japaneseLines(folders: readonly string[]): string[] {
  const found = new Set<string>();
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      if (!/\.(txt|tsv|csv|jsonl|conll|md)(\.gz)?$/.test(name)) continue;
      const bytes = readFileSync(join(folder, name));
      const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
      for (const line of text.split("\n")) {
        if (/[\u3040-\u30ff\u4e00-\u9fff]/.test(line) && !line.includes("\0")) found.add(line);
      }
    }
  }
  return [...found];
}

/** `count` of the lines, evenly spread. */
function sample(all: readonly string[], count: number): string[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}

/** The words of each line as MeCab prints them. */
function mecab(input: readonly string[], dictionary: string | undefined): string[][] {
  const bufferSize = Math.max(...input.map((line) => Buffer.byteLength(line))) + 2;
  const place = dictionary === undefined ? [] : ["-d", dictionary];
  const run = spawnSync("mecab", ["-b", String(bufferSize), ...place], {
    input: `${input.join("\n")}\n`,
    maxBuffer: 2 ** 31 - 1,
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(`mecab: ${run.error?.message ?? run.stderr}`);
  const results: string[][] = [];
  let words: string[] = [];
  for (const line of run.stdout.split("\n")) {
    if (line !== "EOS") words.push(line);
    else {
      results.push(words);
      words = [];
    }
  }
  if (results.length !== input.length) {
    throw new Error(`mecab: expected ${input.length} results, got ${results.length}`);
  }
  return results;
}
