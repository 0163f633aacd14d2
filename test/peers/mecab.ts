import { spawnSync } from "node:child_process";
import { UnavailableError } from "../../src/base/index.js";
import type { IpadicEditionName } from "../../src/tokenizers/index.js";
import { loadJapaneseDictionary } from "../../src/tokenizers/japanese/files-dictionary.js";
import { sampleOf } from "./corpus-lines.js";

const linesPerRun = 20_000;
const examplesShown = 20;
/** The share of lines whose words must be equal. */
const leastEqual = 0.999;

/** Which lines are compared, and with which MeCab. */
export interface MecabOptions {
  /** How many of the Japanese lines, evenly spread. */
  readonly count: number;
  /** Which build of the dictionary our side follows; of `python`, `dictionary` names the directory. */
  readonly edition: IpadicEditionName;
  readonly dictionary: string | undefined;
}

/**
 * Compare the Japanese analyser with MeCab itself, on the lines with kana or kanji, in all columns. It needs the
 * program `mecab` and its dictionary mecab-ipadic-utf8. Returns whether enough lines have equal words.
 */
export async function compareWithMecab(all: readonly string[], options: MecabOptions): Promise<boolean> {
  // MeCab reads lines: what stands behind NUL it does not see
  const japanese = all.filter((line) => /[\u3040-\u30ff\u4e00-\u9fff]/.test(line) && !line.includes("\0"));
  const lines = sampleOf(japanese, options.count);
  const analyzer = (await loadJapaneseDictionary()).analyzer(options.edition);
  let surfacesDiffer = 0;
  let columnsDiffer = 0;
  let wordCount = 0;
  const compare = (line: string, theirs: readonly string[]): void => {
    const ours = analyzer.analyze(line).map((word) => `${word.surface}\t${word.features.join(",")}`);
    wordCount += theirs.length;
    if (ours.join("\n") === theirs.join("\n")) return;
    columnsDiffer++;
    if (surfaces(ours) !== surfaces(theirs)) surfacesDiffer++;
    if (columnsDiffer <= examplesShown) printDifference(line, ours, theirs);
  };
  for (let from = 0; from < lines.length; from += linesPerRun) {
    const part = lines.slice(from, from + linesPerRun);
    const expected = mecab(part, options.dictionary);
    part.forEach((line, i) => {
      compare(line, expected[i]!);
    });
  }
  const share = (count: number): string => `${(100 * (1 - count / lines.length)).toFixed(4)} %`;
  const facts = `${share(surfacesDiffer)} equal in words, ${share(columnsDiffer)} in all columns`;
  console.log(`  mecab, ${options.edition}: ${lines.length} lines, ${wordCount} words: ${facts}`);
  return lines.length > 0 && surfacesDiffer <= lines.length * (1 - leastEqual);
}

function surfaces(words: readonly string[]): string {
  return words.map((word) => word.split("\t")[0]).join("\t");
}

function printDifference(line: string, ours: readonly string[], theirs: readonly string[]): void {
  const at = ours.findIndex((word, k) => word !== theirs[k]);
  console.log(`  differs  ${JSON.stringify(line.slice(0, 60))}`);
  console.log(`           ours  ${ours.slice(at, at + 3).join("  ")}`);
  console.log(`           mecab ${theirs.slice(at, at + 3).join("  ")}`);
}

/** The words of each line as MeCab prints them. */
function mecab(input: readonly string[], dictionary: string | undefined): string[][] {
  const bufferSize = input.reduce((most, line) => Math.max(most, Buffer.byteLength(line)), 0) + 2;
  const place = dictionary === undefined ? [] : ["-d", dictionary];
  const run = spawnSync("mecab", ["-b", String(bufferSize), ...place], {
    input: `${input.join("\n")}\n`,
    maxBuffer: 2 ** 31 - 1,
    encoding: "utf8",
  });
  if (run.status !== 0) {
    throw new UnavailableError(`mecab: ${run.error?.message ?? run.stderr}`, {
      hint: "install Debian's packages mecab and mecab-ipadic-utf8, or leave mecab out of --only",
    });
  }
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
