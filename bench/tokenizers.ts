import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { OptionError, UnavailableError } from "../src/base/errors.js";
import { sharedPath } from "../test/shared.js";
import { type Command, compiled, type Finished, runToEnd } from "./child-process.js";
import { stateFolder, turnOrder } from "./interleave.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";

/** What a side answers. */
interface Answer {
  readonly seconds: number;
  readonly tokenCount: number;
  readonly checksum: number;
  readonly peakBytes: number | undefined;
  readonly versions?: Readonly<Record<string, string>>;
}

/** One measurement: a name, and the arguments that both sides take. */
interface Job {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly sides: readonly Side[];
}

type Side = "ours" | "encode" | "encode_batch" | "learn";

const sideLabels: Readonly<Record<Side, string>> = {
  ours: "ours",
  encode: "Python, encode",
  encode_batch: "Python, encode_batch",
  learn: "Python",
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
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      kinds: { type: "string", default: Object.keys(tokenizers).join(",") },
      tasks: { type: "string", default: "encode,learn" },
      megabytes: { type: "string", default: "8" },
      vocabulary: { type: "string", default: "8000" },
      only: { type: "string" },
    },
  });
  const kinds = some("--kinds", values.kinds, Object.keys(tokenizers));
  const tasks = some("--tasks", values.tasks, ["encode", "learn"]);
  const withPeer = values.only !== "ours";
  if (withPeer) requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const limit = Number(values.megabytes) * 1e6;
  const jobs = Object.entries(texts).flatMap(([language, path]) => {
    const text = distinctLines(path, limit);
    return [
      ...(tasks.includes("encode") ? kinds.map((kind) => encodeJob(kind, language, text)) : []),
      ...(tasks.includes("learn")
        ? kinds.map((kind) => learnJob(kind, language, text, values.vocabulary))
        : []),
    ];
  });
  for (const job of jobs) {
    const sides = job.sides.filter((side) => side === "ours" || withPeer);
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

function learnJob(kind: string, language: string, text: string, vocabulary: string): Job {
  const words = ["--text", text, "--learn", kind, "--vocabulary", vocabulary];
  return { name: `learn ${kind}, ${language}`, arguments: words, sides: ["ours", "learn"] };
}

async function measure(side: Side, words: readonly string[]): Promise<Answer> {
  const ours = join(compiled, "bench", "ours-tokenizers.js");
  const theirs = join(peersFolder, "tokenizer_speed.py");
  const command: Command =
    side === "ours"
      ? { program: process.execPath, arguments: [ours, ...words] }
      : {
          program: pythonCommand(),
          arguments: [theirs, ...words, ...(side === "encode_batch" ? ["--batch"] : [])],
        };
  const { stdout, peakBytes }: Finished = await runToEnd(command);
  return { ...(JSON.parse(stdout) as Answer), peakBytes };
}

/** The distinct lines of a text, up to a size, in a file of their own: a repeated line would be an easy one. */
function distinctLines(path: string, limit: number): string {
  const lines = new Set<string>();
  let size = 0;
  for (const line of readFileSync(existing(path), "utf8").split("\n")) {
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
    const rate = Math.round(first!.tokenCount / median(all)).toLocaleString("en-US");
    const memory = Math.max(...all.map(({ peakBytes }) => peakBytes ?? 0)) / 1e6;
    const facts = [`${median(all).toFixed(3)} s`, `${rate} tokens/s`, `peak ${memory.toFixed(0)} MB`];
    if (side !== "ours") facts.push(`ours is ${(median(all) / median(ours)).toFixed(2)} times as fast`);
    if (side !== "ours" && first!.checksum !== ours[0]!.checksum) facts.push("IDS DIFFER");
    console.log(`    ${sideLabels[side].padEnd(22)}${facts.join("   ")}`);
  }
}

function median(answers: readonly Answer[]): number {
  const sorted = answers.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
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
