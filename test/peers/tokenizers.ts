import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runToEnd } from "../../bench/child-process.js";
import { pythonCommand, requirePeers } from "../../bench/python.js";
import { tellFailure } from "../../bench/tell-failure.js";
import { OptionError, TsugikiError } from "../../src/base/index.js";
import { extendTokenizer, retrainTokenizer, sentencePiece } from "../../src/tokenizers/index.js";
import { openTokenizer } from "../../src/workflows/open-tokenizer.js";
import { repository, sharedPath } from "../shared.js";
import { corpusLines, sampleOf } from "./corpus-lines.js";
import { compareWithMecab } from "./mecab.js";
import { NumberStream } from "./number-stream.js";

// Compares our tokenizers with Python's tokenizers and sentencepiece, and the Japanese analyser with MeCab, on every
// distinct line of the shared corpora and data sets: ids and spans, words with all columns.
//
//   npm run peers:tokenizers -- [--only NAME,NAME] [--count LINES] [--edition debian] [--dictionary DIR]
//
// Without --count all lines are taken. A difference that our own tokenizer shows too, once it is given the file as
// Python holds it in memory, is Python's reading of the file: its JSON reader takes some decimal fractions for the
// number beside the nearest one, which decides between ways to cut a text that are equally likely. Those are counted
// apart. So are those of unigram models of SentencePiece where both ways to cut a text are equally likely but for the
// rounding of 32-bit sums, which in texts of 100,000 characters and more is coarse. Any other difference fails the run.
// For the edition `python` of the Japanese dictionary, name the directory of the
// Python package ipadic.

const trained = "golden/tokenizers";
const pieceModels = ["unigram", "unigram-bytefallback", "unigram-identity", "bpe", "bpe-bytefallback"];
const tokenizers: Readonly<Record<string, string>> = {
  minilm: "models/all-MiniLM-L6-v2",
  gpt2: "models/gpt2-tokenizer",
  ...Object.fromEntries(
    ["wordpiece", "bpe", "bytelevel-bpe", "unigram"].map((kind) => [
      `trained-${kind}`,
      `${trained}/trained-${kind}`,
    ]),
  ),
  ...Object.fromEntries(
    [...pieceModels, "char", "word"].map((kind) => [
      `sentencepiece-${kind}`,
      `${trained}/sentencepiece/${kind}.model`,
    ]),
  ),
};
/** Tokenizers of ours made from these for the first thousand lines. */
const changed: Readonly<Record<string, readonly [of: string, change: typeof extendTokenizer]>> = {
  ...Object.fromEntries(
    ["wordpiece", "bpe", "bytelevel-bpe", "unigram"].flatMap((kind) => [
      [`extended-${kind}`, [`trained-${kind}`, extendTokenizer]],
      [`retrained-${kind}`, [`trained-${kind}`, retrainTokenizer]],
    ]),
  ),
};
const mecabName = "mecab";
const names = [...Object.keys(tokenizers), ...Object.keys(changed), mecabName];
const examplesShown = 5;
const script = join(repository, "test", "peers", "tokenizer_ids.py");

/** The tokens of a line: three numbers for each, its id, start and end. */
type Tokens = Int32Array;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: names.join(",") },
    count: { type: "string", default: "Infinity" },
    edition: { type: "string", default: "debian" },
    dictionary: { type: "string" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "tsugiki-peers-"));
try {
  const wanted = values.only.split(",");
  const wrong = wanted.find((name) => !names.includes(name));
  if (wrong !== undefined)
    throw new OptionError(`--only: expected some of ${names.join(", ")}, got ${wrong}`);
  const all = corpusLines();
  const count = Number(values.count);
  const lines = sampleOf(all, count);
  console.log(`  ${lines.length} of ${all.length} distinct lines`);
  const file = join(folder, "lines.txt");
  writeFileSync(file, lines.join("\n"));
  const equal: boolean[] = [];
  if (wanted.some((name) => name !== mecabName)) requirePeers();
  for (const name of wanted.filter((one) => one !== mecabName)) equal.push(await compare(name, lines, file));
  if (wanted.includes(mecabName)) {
    const edition = values.edition === "python" ? "python" : "debian";
    equal.push(await compareWithMecab(all, { count, edition, dictionary: values.dictionary, folder }));
  }
  if (equal.includes(false)) process.exitCode = 1;
} catch (error) {
  tellFailure(error, 1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Compare one tokenizer on all lines; whether nothing differs but by Python's reading of the file. */
async function compare(name: string, lines: readonly string[], file: string): Promise<boolean> {
  const path = name in changed ? await writeChanged(name, lines) : sharedPath(tokenizers[name]!);
  const encode = await encoder(path);
  let asPythonReads: ((line: string) => Tokens) | undefined;
  const scores = path.endsWith(".model") ? sentencePiece(readFileSync(path), path).table.scores : undefined;
  const differ = { ids: 0, spans: 0, reading: 0, rounding: 0 };
  let [tokenCount, at] = [0, 0];
  for await (const theirs of peerTokens(path, file)) {
    const line = lines[at++]!;
    const ours = encode(line);
    tokenCount += theirs.length / 3;
    let kind: keyof typeof differ | undefined = differenceOf(ours, theirs);
    if (kind === undefined) continue;
    if (existsSync(join(path, "tokenizer.json"))) {
      asPythonReads ??= await encoder(await rewritten(path));
      if (differenceOf(asPythonReads(line), theirs) === undefined) kind = "reading";
    }
    if (kind === "ids" && scores !== undefined && isRounding(ours, theirs, scores)) kind = "rounding";
    if (++differ[kind] <= examplesShown) printDifference(kind, line, ours, theirs);
  }
  if (at !== lines.length)
    throw new TsugikiError(`${name}: expected ${lines.length} lines of Python, got ${at}`);
  const { ids, spans, reading, rounding } = differ;
  const explained = `Python's reading ${reading}, rounding ${rounding}`;
  const facts = `${tokenCount} tokens; lines that differ: ids ${ids}, spans ${spans}, ${explained}`;
  console.log(`  ${name.padEnd(36)}${at} lines, ${facts}`);
  return ids + spans === 0;
}

/** The folder of a tokenizer made from another one. */
async function writeChanged(name: string, lines: readonly string[]): Promise<string> {
  const [of, change] = changed[name]!;
  const old = await openTokenizer({ tokenizer: sharedPath(tokenizers[of]!) });
  const { tokenizer } = await change(old, lines.slice(0, 1000));
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, content] of tokenizer.toFiles()) writeFileSync(join(path, file), content);
  return path;
}

/** The file of a tokenizer as Python writes it after it has read it. */
async function rewritten(path: string): Promise<string> {
  const file = join(folder, "tokenizer.json");
  await runToEnd({ program: pythonCommand(), arguments: [script, path, "--rewrite", file] });
  return file;
}

/** Our side, with spans counted as the peer counts them. */
async function encoder(path: string): Promise<(line: string) => Tokens> {
  if (path.endsWith(".model")) {
    const pieces = sentencePiece(readFileSync(path), path);
    return (line) => {
      const places = placesIn(line, (codePoint) =>
        codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4,
      );
      const tokens = pieces.encode(line);
      return Int32Array.from(tokens.flatMap(({ id, start, end }) => [id, places[start]!, places[end]!]));
    };
  }
  const tokenizer = await openTokenizer({ tokenizer: path });
  return (line) => {
    const places = placesIn(line, () => 1);
    const { ids, starts, ends } = tokenizer.encode(line);
    const tokens = new Int32Array(ids.length * 3);
    for (let i = 0; i < ids.length; i++) tokens.set([ids[i]!, places[starts[i]!]!, places[ends[i]!]!], i * 3);
    return tokens;
  };
}

/** For each index of a string where a character begins, what the characters before it add up to. */
function placesIn(text: string, sizeOf: (codePoint: number) => number): Uint32Array {
  const places = new Uint32Array(text.length + 1);
  for (let i = 0; i < text.length; ) {
    const codePoint = text.codePointAt(i)!;
    const next = i + (codePoint > 0xffff ? 2 : 1);
    places[next] = places[i]! + sizeOf(codePoint);
    i = next;
  }
  return places;
}

/** The tokens of each line as Python gives them. */
async function* peerTokens(path: string, file: string): AsyncGenerator<Tokens> {
  const child = spawn(pythonCommand(), [script, path, file], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  const numbers = new NumberStream(child.stdout);
  try {
    for (let head = await numbers.take(1); head !== undefined; head = await numbers.take(1)) {
      const counts = await numbers.take(head[0]!);
      const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
      const columns = await numbers.take(3 * total);
      if (counts === undefined || columns === undefined) break;
      let from = 0;
      for (const count of counts) {
        const tokens = new Int32Array(count * 3);
        for (let i = 0; i < count * 3; i++) tokens[i] = columns[(i % 3) * total + from + Math.floor(i / 3)]!;
        from += count;
        yield tokens;
      }
    }
    const status = await ended;
    if (status !== 0) throw new TsugikiError(`${script}: exit code ${status}`);
  } finally {
    child.kill();
  }
}

function differenceOf(ours: Tokens, theirs: Tokens): "ids" | "spans" | undefined {
  if (ours.length !== theirs.length) return "ids";
  let kind: "spans" | undefined;
  for (let i = 0; i < ours.length; i++) {
    if (ours[i] === theirs[i]) continue;
    if (i % 3 === 0) return "ids";
    kind = "spans";
  }
  return kind;
}

/** Whether two ways to cut a text are as likely but for what 32-bit sums lose at each token in which they differ. */
function isRounding(ours: Tokens, theirs: Tokens, scores: ArrayLike<number>): boolean {
  const [one, other] = [ours, theirs].map((tokens) => {
    const score = new Map<string, number>();
    for (let i = 0; i < tokens.length; i += 3) score.set(`${tokens.subarray(i, i + 3)}`, scores[tokens[i]!]!);
    return score;
  });
  const sum = (all: Map<string, number>): number =>
    [...all.values()].reduce((total, value) => total + value, 0);
  const differing = [...one!.keys()].filter((token) => !other!.has(token)).length;
  const lost = Math.abs(sum(one!)) * 2 ** -23; // of a sum of that size
  return Math.abs(sum(one!) - sum(other!)) <= differing * lost;
}

function printDifference(kind: string, line: string, ours: Tokens, theirs: Tokens): void {
  const at = ours.findIndex((value, i) => value !== theirs[i]);
  const from = Math.max(0, Math.floor((at < 0 ? ours.length : at) / 3) * 3 - 3);
  const shown = (tokens: Tokens): string => {
    const parts = Array.from({ length: 4 }, (_, i) => tokens.subarray(from + 3 * i, from + 3 * i + 3));
    return parts.map(([id, start, end]) => (id === undefined ? "" : `${id} at ${start}-${end}`)).join("  ");
  };
  console.log(`  ${kind} of ${JSON.stringify(line.slice(0, 100))}`);
  console.log(`    ours    ${shown(ours)}`);
  console.log(`    Python  ${shown(theirs)}`);
}
