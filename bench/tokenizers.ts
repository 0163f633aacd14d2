import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { OptionError, UnavailableError } from "../src/base/errors.js";
import { sharedPath } from "../test/shared.js";
import { type Command, compiled, type Finished, runToEnd } from "./child-process.js";
import { stateFolder, turnOrder } from "./interleave.js";
import { median } from "./median.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";

/** What a side answers. */
interface Answer {
  readonly seconds: number;
  /** Of the processor: on a busy machine these tell more. */
  readonly processorSeconds: number;
  readonly tokenCount: number;
  /** Of the ids, where all sides are to have the same. */
  readonly checksum?: number;
  readonly peakBytes: number | undefined;
  readonly versions?: Readonly<Record<string, string>>;
}

/** One measurement: a name, and the arguments that both sides take. */
interface Job {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly sides: readonly Side[];
}

type Side = "ours" | "ours-threads" | "kuromoji" | PythonSide;
type PythonSide = "encode" | "encode_batch" | "batch-threads" | "learn" | "mecab" | "mecab-words";

const sideLabels: Readonly<Record<Side, string>> = {
  ours: "ours",
  "ours-threads": "ours, on all cores",
  encode: "Python, encode",
  encode_batch: "Python, encode_batch",
  "batch-threads": "Python, on all cores",
  learn: "Python",
  mecab: "MeCab, its text",
  "mecab-words": "MeCab, words",
  kuromoji: "kuromoji",
};

const threads = ["--threads", String(availableParallelism())];

/** What the script of Python's sides takes beside the words of the job. */
const peers: Readonly<Record<PythonSide, readonly string[]>> = {
  encode: [],
  encode_batch: ["--batch"],
  "batch-threads": ["--batch", ...threads],
  learn: [],
  mecab: ["--raw"],
  "mecab-words": [],
};

const tokenizers: Readonly<Record<string, string>> = {
  wordpiece: "models/all-MiniLM-L6-v2",
  "byte-level-bpe": "models/gpt2-tokenizer",
  unigram: "golden/tokenizers/trained-unigram",
};

const texts: Readonly<Record<string, string>> = {
  English: "data/en/wikitext-2/valid.txt",
  Japanese: "data/ja/aozora/soseki.txt",
};

/**
 * Seconds to encode each distinct line of a text once, spans included, from a cold cache, and to learn tokenizers:
 * ours and Python's tokenizers (unigram learning: sentencepiece) in turns, each in a process of its own on one thread.
 * Japanese is also cut into words with their parts of speech, beside MeCab (C++, through fugashi) and kuromoji. With
 * --text a text of one's own is taken in place of the English and the Japanese one.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      kinds: { type: "string", default: Object.keys(tokenizers).join(",") },
      tasks: { type: "string", default: "encode,threads,learn,analyze" },
      megabytes: { type: "string", default: "8" },
      vocabulary: { type: "string", default: "8000" },
      text: { type: "string" },
      only: { type: "string" },
    },
  });
  const kinds = some("--kinds", values.kinds, Object.keys(tokenizers));
  const tasks = some("--tasks", values.tasks, ["encode", "threads", "learn", "analyze"]);
  const withPeer = values.only !== "ours";
  if (withPeer) requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const limit = Number(values.megabytes) * 1e6;
  const own = values.text === undefined ? undefined : { [basename(values.text)]: values.text };
  const jobs = Object.entries(own ?? texts).flatMap(([language, path]) => {
    const text = distinctLines(own === undefined ? existing(path) : path, limit);
    return [
      ...(tasks.includes("encode") ? kinds.map((kind) => encodeJob(kind, language, text)) : []),
      ...(tasks.includes("threads") ? kinds.map((kind) => threadsJob(kind, language, text)) : []),
      ...(tasks.includes("learn")
        ? kinds.map((kind) => learnJob(kind, language, text, values.vocabulary))
        : []),
      ...(tasks.includes("analyze") && language !== "English" ? [analyzeJob(text)] : []),
    ];
  });
  for (const job of jobs) {
    const sides = job.sides.filter((side) => side.startsWith("ours") || withPeer);
    const answers = new Map<Side, Answer[]>(sides.map((side) => [side, []]));
    for (let round = 0; round < Number(values.rounds); round++)
      for (const side of turnOrder(sides, round)) answers.get(side)!.push(await measure(side, job.arguments));
    print(job.name, answers);
    const results = Object.fromEntries([...answers].map(([side, all]) => [sideLabels[side], all]));
    appendRecord("tokenizers", { job: job.name, megabytes: limit / 1e6, warning, results });
  }
}

function encodeJob(kind: string, language: string, text: string): Job {
  const tokenizer = existing(tokenizers[kind]!);
  const sides = ["ours", "encode", "encode_batch"] as const;
  return {
    name: `encode ${kind}, ${language}`,
    arguments: ["--text", text, "--tokenizer", tokenizer],
    sides,
  };
}

/** A batch of all lines, several times over, so that there is something to spread. */
function threadsJob(kind: string, language: string, text: string): Job {
  const tokenizer = existing(tokenizers[kind]!);
  return {
    name: `encode a batch of ${kind}, ${language}`,
    arguments: ["--text", text, "--tokenizer", tokenizer, "--repeat", "8"],
    sides: ["ours", "ours-threads", "batch-threads"],
  };
}

function learnJob(kind: string, language: string, text: string, vocabulary: string): Job {
  const words = ["--text", text, "--learn", kind, "--vocabulary", vocabulary];
  return { name: `learn ${kind}, ${language}`, arguments: words, sides: ["ours", "learn"] };
}

function analyzeJob(text: string): Job {
  return {
    name: "analyze Japanese",
    arguments: ["--text", text, "--analyze"],
    sides: ["ours", "mecab", "mecab-words", "kuromoji"],
  };
}

async function measure(side: Side, words: readonly string[]): Promise<Answer> {
  const { stdout, peakBytes }: Finished = await runToEnd(commandOf(side, words));
  return { ...(JSON.parse(stdout) as Answer), peakBytes };
}

function commandOf(side: Side, words: readonly string[]): Command {
  const ours = (script: string, ...more: string[]): Command => ({
    program: process.execPath,
    arguments: [join(compiled, "bench", script), ...words, ...more],
  });
  if (side === "ours") return ours("ours-tokenizers.js");
  if (side === "ours-threads") return ours("ours-tokenizers.js", ...threads);
  if (side === "kuromoji") return ours("kuromoji-tokenizers.js");
  const script = join(peersFolder, "tokenizer_speed.py");
  return { program: pythonCommand(), arguments: [script, ...words, ...peers[side]] };
}

/** The distinct lines of a text, up to a size, in a file of their own: a repeated line would be an easy one. */
function distinctLines(path: string, limit: number): string {
  const lines = new Set<string>();
  let size = 0;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const text = line.replace(/\r$/, "");
    if (text.trim() === "" || lines.has(text)) continue;
    size += Buffer.byteLength(text) + 1;
    if (size > limit) break;
    lines.add(text);
  }
  const folder = join(stateFolder, "data");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `distinct-${basename(path)}`);
  writeFileSync(file, `${[...lines].join("\n")}\n`);
  return file;
}

function print(name: string, answers: ReadonlyMap<Side, readonly Answer[]>): void {
  console.log(`\n  ${name}`);
  const ours = answers.get("ours")!;
  for (const [side, all] of answers) {
    const [first] = all;
    const taken = typical(all, "seconds");
    const rate = Math.round(first!.tokenCount / taken).toLocaleString("en-US");
    const memory = Math.max(...all.map(({ peakBytes }) => peakBytes ?? 0)) / 1e6;
    const cpu = typical(all, "processorSeconds");
    const facts = [
      `${taken.toFixed(3)} s, CPU ${cpu.toFixed(3)} s`,
      `${rate} tokens/s`,
      `peak ${memory.toFixed(0)} MB`,
    ];
    if (side !== "ours") {
      const [ratio, cpuRatio] = [taken / typical(ours, "seconds"), cpu / typical(ours, "processorSeconds")];
      facts.push(`ours is ${ratio.toFixed(2)} times as fast, by CPU ${cpuRatio.toFixed(2)}`);
    }
    const comparable = first!.checksum !== undefined && ours[0]!.checksum !== undefined;
    if (side !== "ours" && comparable && first!.checksum !== ours[0]!.checksum) facts.push("IDS DIFFER");
    console.log(`    ${sideLabels[side].padEnd(22)}${facts.join("   ")}`);
  }
}

function typical(answers: readonly Answer[], of: "seconds" | "processorSeconds"): number {
  return median(answers.map((answer) => answer[of]));
}

function some(flag: string, given: string, known: readonly string[]): string[] {
  const wanted = given.split(",");
  const wrong = wanted.find((one) => !known.includes(one));
  if (wrong === undefined) return wanted;
  throw new OptionError(`${flag}: expected some of ${known.join(", ")}, got ${wrong}`);
}

function existing(path: string): string {
  if (existsSync(sharedPath(path))) return sharedPath(path);
  throw new UnavailableError(`expected ${path} in the folder of shared files, found none`, {
    hint: "see test/shared.ts: TSUGIKI_SHARED names that folder",
  });
}
