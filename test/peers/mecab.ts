import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { UnavailableError } from "../../src/base/index.js";
import type { IpadicEditionName } from "../../src/tokenizers/index.js";
import { loadJapaneseDictionary } from "../../src/tokenizers/japanese/files-dictionary.js";
import { sampleOf } from "./corpus-lines.js";

const linesPerRun = 20_000;
const examplesShown = 20;
/** The share of lines whose words must be equal. */
const leastEqual = 0.999;
/** What MeCab says, and ends, where a line is so long that the cost of its words does not fit into 32 bits. */
const refusal = "too long sentence.";

/** Which lines are compared, and with which MeCab. */
export interface MecabOptions {
  /** How many of the Japanese lines, evenly spread. */
  readonly count: number;
  /** Which build of the dictionary our side follows; of `python`, `dictionary` names the directory. */
  readonly edition: IpadicEditionName;
  readonly dictionary: string | undefined;
  /** Where lines are written for MeCab to read. */
  readonly folder: string;
}

/**
 * Compare the Japanese analyser with MeCab itself, on the lines with kana or kanji, in all columns. It needs the
 * program `mecab` and its dictionary mecab-ipadic-utf8. Lines that MeCab refuses are counted apart. Returns whether
 * enough of the others have equal words.
 */
export async function compareWithMecab(all: readonly string[], options: MecabOptions): Promise<boolean> {
  // MeCab reads lines: what stands behind NUL it does not see
  const japanese = all.filter((line) => /[\u3040-\u30ff\u4e00-\u9fff]/.test(line) && !line.includes("\0"));
  const lines = sampleOf(japanese, options.count);
  const analyzer = (await loadJapaneseDictionary()).analyzer(options.edition);
  let surfacesDiffer = 0;
  let columnsDiffer = 0;
  let wordCount = 0;
  let refusedCount = 0;
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
    const expected = mecab(part, options);
    part.forEach((line, i) => {
      const theirs = expected[i];
      if (theirs === undefined) {
        refusedCount++;
        console.log(`  MeCab refuses a line of ${line.length} characters: ${line.slice(0, 60)}`);
      } else compare(line, theirs);
    });
  }
  const lineCount = lines.length - refusedCount;
  const share = (count: number): string => `${(100 * (1 - count / lineCount)).toFixed(4)} %`;
  const facts = `${share(surfacesDiffer)} equal in words, ${share(columnsDiffer)} in all columns`;
  const compared = `${lineCount} lines, ${refusedCount} that MeCab refuses, ${wordCount} words`;
  console.log(`  mecab, ${options.edition}: ${compared}: ${facts}`);
  return lineCount > 0 && surfacesDiffer <= lineCount * (1 - leastEqual);
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

/** The words of each line as MeCab prints them; undefined for a line that it refuses. */
function mecab(input: readonly string[], options: MecabOptions): (string[] | undefined)[] {
  const results: (string[] | undefined)[] = [];
  while (results.length < input.length) {
    const { found, message } = runMecab(input.slice(results.length), options);
    for (const words of found) results.push(words);
    if (results.length === input.length) break;
    if (message.trim() !== refusal) {
      throw new UnavailableError(`mecab: ${message.trim()}`, {
        hint: "install Debian's packages mecab and mecab-ipadic-utf8, or leave mecab out of --only",
      });
    }
    results.push(undefined);
  }
  return results;
}

/** Have MeCab cut lines; it ends at the first one that it cannot do, with a message. */
function runMecab(
  input: readonly string[],
  { dictionary, folder }: MecabOptions,
): { found: string[][]; message: string } {
  const bufferSize = input.reduce((most, line) => Math.max(most, Buffer.byteLength(line)), 0) + 2;
  const place = dictionary === undefined ? [] : ["-d", dictionary];
  const file = join(folder, "mecab-lines.txt"); // not a pipe, which would break where MeCab ends early
  writeFileSync(file, `${input.join("\n")}\n`);
  const run = spawnSync("mecab", ["-b", String(bufferSize), ...place, file], {
    maxBuffer: 2 ** 31 - 1,
    encoding: "utf8",
  });
  if (run.error !== undefined) return { found: [], message: run.error.message };
  const found: string[][] = [];
  let words: string[] = [];
  for (const line of run.stdout.split("\n")) {
    if (line !== "EOS") words.push(line);
    else {
      found.push(words);
      words = [];
    }
  }
  // MeCab tells on stdout, behind the words of the lines before, what went wrong
  return { found, message: `${words.join("\n")}${run.stderr}` };
}
