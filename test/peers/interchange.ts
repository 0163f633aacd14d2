import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiled, runToEnd } from "../../bench/child-process.js";
import { pythonCommand, requirePeers } from "../../bench/python.js";
import type { Tensor } from "../../src/base/index.js";
import { TsugikiError } from "../../src/base/index.js";
import { decodeSafetensors } from "../../src/formats/safetensors.js";
import { readTokenizer } from "../../src/tokenizers/index.js";
import { repository, sharedPath } from "../shared.js";
import { type InterchangeTask, tasks } from "./interchange-tasks.js";

// A model directory that transformers saved must give the same token ids and logits here, and one that was
// fine-tuned here must give them in transformers. Both go through the command line: Python writes what it
// computes as a golden, and `tsugiki verify` checks it and dumps what we compute.

const tolerance = 1e-4;
const main = join(compiled, "src", "cli", "main.js");
const script = join(repository, "test", "peers", "interchange.py");

const folder = mkdtempSync(join(tmpdir(), "tsugiki-peers-"));
try {
  requirePeers();
  for (const task of tasks) {
    const python = join(folder, task.name, "python");
    mkdirSync(join(folder, task.name));
    await runPython("make", task.name, sharedPath("models/all-MiniLM-L6-v2"), python);
    await compare(task, python, "saved by transformers, loaded here");
    const ours = await fineTune(task, python);
    await compare(task, ours, "fine-tuned here, loaded by transformers");
  }
} catch (error) {
  process.exitCode = 1;
  console.error(`  error  ${(error as Error).message}`);
  if (error instanceof TsugikiError && error.hint !== undefined) console.error(`         ${error.hint}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function fineTune(task: InterchangeTask, model: string): Promise<string> {
  const trainFile = join(folder, task.name, `train.${task.extension}`);
  writeFileSync(trainFile, task.trainText);
  const output = join(folder, task.name, "ours");
  const args = ["fine-tune", "--task", task.name, "--model", model, "--train-file", trainFile];
  await runOurs(
    ...args,
    "--validation-file",
    trainFile,
    "--output-dir",
    output,
    "--epochs",
    "2",
    "--learning-rate",
    "1e-3",
  );
  return output;
}

async function compare(task: InterchangeTask, model: string, direction: string): Promise<void> {
  const golden = `${model}-golden`;
  const dump = `${model}-ours.safetensors`;
  const texts = `${model}-texts.json`;
  writeFileSync(texts, JSON.stringify(task.texts));
  await runPython("golden", task.name, model, texts, golden);
  await runOurs("verify", "--model", model, "--golden", golden, "--dump", dump);
  const theirs = readTensors(join(golden, "golden.safetensors"));
  const ours = readTensors(dump);
  compareIds(task, model, theirs.get("case0.in.input_ids")!);
  const outputs = [...theirs.keys()].filter((name) => name.endsWith("logits"));
  const difference = Math.max(
    ...outputs.map((name) => largestDifference(name, ours.get(name), theirs.get(name)!)),
  );
  if (!(difference <= tolerance)) {
    throw new TsugikiError(
      `${task.name}, ${direction}: logits differ by ${difference}, expected at most ${tolerance}`,
    );
  }
  console.log(
    `  ${task.name.padEnd(22)}${direction}: ids equal, logits within ${difference.toExponential(1)}`,
  );
}

function compareIds(task: InterchangeTask, model: string, expected: Tensor): void {
  const names = readdirSync(model).filter((name) =>
    /^(tokenizer.*|special_tokens_map)\.json$|^vocab\.txt$/.test(name),
  );
  const files = new Map(names.map((name) => [name, readFileSync(join(model, name), "utf8")]));
  const tokenizer = readTokenizer(files, model);
  const length = expected.shape[1]!;
  for (const [i, [text, pair]] of task.texts.entries()) {
    const ids = [...tokenizer.encode(text, pair === undefined ? {} : { pair }).ids];
    // [batch, sequence], the rest of a row is padding
    const row = Array.from(expected.data.subarray(i * length, (i + 1) * length), Number);
    const padding = tokenizer.special.pad?.id;
    const padded = [...ids, ...Array.from({ length: Math.max(0, length - ids.length) }, () => padding)];
    if (padded.join() === row.join()) continue;
    throw new TsugikiError(
      `${task.name}, ${model}: token ids of ${JSON.stringify(text)}: expected ${row}, got ${ids}`,
    );
  }
}

function largestDifference(name: string, ours: Tensor | undefined, theirs: Tensor): number {
  if (ours === undefined || ours.shape.join() !== theirs.shape.join()) {
    throw new TsugikiError(`${name}: expected shape [${theirs.shape}], got [${ours?.shape ?? "nothing"}]`);
  }
  let largest = 0;
  for (let i = 0; i < theirs.data.length; i++) {
    const difference = Math.abs(Number(ours.data[i]) - Number(theirs.data[i]));
    if (Number.isNaN(difference)) return Number.NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}

function readTensors(path: string): Map<string, Tensor> {
  return decodeSafetensors(readFileSync(path), path).tensors;
}

async function runPython(...args: string[]): Promise<void> {
  await runToEnd({ program: pythonCommand(), arguments: [script, ...args] });
}

async function runOurs(...args: string[]): Promise<void> {
  await runToEnd({ program: process.execPath, arguments: [main, ...args] });
}
