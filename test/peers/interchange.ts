import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { compiled, runToEnd } from "../../bench/child-process.js";
import { pythonCommand, requirePeers } from "../../bench/python.js";
import { tellFailure } from "../../bench/tell-failure.js";
import type { JsonObject, Tensor } from "../../src/base/index.js";
import { TsugikiError } from "../../src/base/index.js";
import { decodeSafetensors } from "../../src/formats/safetensors.js";
import { architectureOf, architectures, headOf } from "../../src/models/index.js";
import { readTokenizer } from "../../src/tokenizers/index.js";
import { loadModel } from "../../src/workflows/index.js";
import { repository, sharedPath } from "../shared.js";
import { families, type InterchangeTask, tasks } from "./interchange-tasks.js";

// A model directory that transformers saved must give the same token ids and logits here, and one that was
// fine-tuned here must give them in transformers: for every family and every task it has a head for. Both go through the
// command line: Python writes what it computes as a golden, and `tsugiki verify` checks it and dumps what we compute.
// Then every golden checkpoint there is, of whatever class, is saved here and must be whole in transformers.
// usage: npm run peers [-- FAMILY|checkpoints ...], by default all

const tolerance = 1e-4;
const main = join(compiled, "src", "cli", "main.js");
const script = join(repository, "test", "peers", "interchange.py");

/** A family with a task, and the folder of its files. */
interface Exchange {
  readonly family: string;
  readonly task: InterchangeTask;
  readonly folder: string;
}

const folder = mkdtempSync(join(tmpdir(), "tsugiki-peers-"));
try {
  requirePeers();
  const wanted = process.argv.slice(2);
  const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
  const exchanges = Object.entries(families)
    .filter(([family]) => isWanted(family))
    .flatMap(([family, names]) =>
      tasks
        .filter((task) => names.includes(task.name))
        .map((task): Exchange => ({ family, task, folder: join(folder, family, task.name) })),
    );
  const words = sharedPath("models/all-MiniLM-L6-v2");
  await runPython(
    "make",
    exchanges.map(({ family, task, folder }) => {
      mkdirSync(folder, { recursive: true });
      return { family, task: task.name, words, out: join(folder, "python") };
    }),
  );
  await compareAll(exchanges, "python", "saved by transformers, loaded here");
  for (const exchange of exchanges) await fineTune(exchange);
  await compareAll(exchanges, "ours", "fine-tuned here, loaded by transformers");
  if (isWanted("checkpoints")) await exchangeCheckpoints();
} catch (error) {
  tellFailure(error, 1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function fineTune({ task, folder }: Exchange): Promise<void> {
  const trainFile = join(folder, `train.${task.extension}`);
  writeFileSync(trainFile, task.trainText);
  await runOurs(
    ...["fine-tune", "--task", task.name, "--model", join(folder, "python")],
    ...["--train-file", trainFile, "--validation-file", trainFile, "--output-dir", join(folder, "ours")],
    ...["--epochs", "2", "--learning-rate", "1e-3"],
  );
}

/** Compare what both sides compute with the models in each exchange's folder `side`. */
async function compareAll(exchanges: readonly Exchange[], side: string, direction: string): Promise<void> {
  await runPython(
    "golden",
    exchanges.map(({ task, folder }) => ({
      task: task.name,
      model: join(folder, side),
      texts: task.texts,
      choices: task.choiceCount ?? null,
      out: join(folder, `${side}-golden`),
    })),
  );
  for (const exchange of exchanges) await compare(exchange, side, direction);
}

async function compare({ family, task, folder }: Exchange, side: string, direction: string): Promise<void> {
  const [model, golden] = [join(folder, side), join(folder, `${side}-golden`)];
  const dump = join(folder, `${side}.safetensors`);
  await runOurs("verify", "--model", model, "--golden", golden, "--dump", dump);
  const theirs = readTensors(join(golden, "golden.safetensors"));
  const ours = readTensors(dump);
  compareIds(task, model, theirs.get("case0.in.input_ids")!);
  const outputs = [...theirs.keys()].filter((name) => name.endsWith("logits"));
  const difference = Math.max(
    ...outputs.map((name) => largestDifference(name, ours.get(name), theirs.get(name)!)),
  );
  const what = `${family}, ${task.name}`;
  if (!(difference <= tolerance)) {
    throw new TsugikiError(
      `${what}, ${direction}: logits differ by ${difference}, expected at most ${tolerance}`,
    );
  }
  console.log(`  ${what.padEnd(36)}${direction}: ids equal, logits within ${difference.toExponential(1)}`);
}

/** Save every golden checkpoint whose architecture is there, and have transformers load it. */
async function exchangeCheckpoints(): Promise<void> {
  const places = [join(repository, "test", "golden", "models"), sharedPath("golden/models")];
  const goldens = places.flatMap((place) => readdirSync(place).map((name) => join(place, name)));
  const jobs: { class: string; model: string; golden: string }[] = [];
  for (const golden of goldens) {
    const read = (file: string): JsonObject => JSON.parse(readFileSync(join(golden, file), "utf8"));
    const [config, className] = [read("config.json"), String(read("golden.json")["class"])];
    const known = architectures.find(({ modelType }) => modelType === config["model_type"]);
    if (known === undefined) continue;
    const head = headOf(architectureOf(config, golden), { architectures: [className] });
    if (head === undefined) continue;
    const model = join(folder, "checkpoints", String(jobs.length));
    await (await loadModel(golden, { head })).save(model);
    jobs.push({ class: className, model, golden });
  }
  const wrong: string[] = [];
  for (const line of (await runPython("load", jobs)).trimEnd().split("\n")) {
    const { class: className, golden, difference, own, error } = JSON.parse(line);
    if (own === true) continue; // an architecture of ours
    const name = `${basename(golden)}, ${className}`;
    if (difference <= tolerance)
      console.log(
        `  ${name.padEnd(80)}saved here, loaded by transformers: outputs within ${difference.toExponential(1)}`,
      );
    else wrong.push(`${name}: ${error ?? `outputs differ by ${difference}, expected at most ${tolerance}`}`);
  }
  if (wrong.length > 0) throw new TsugikiError(wrong.join("\n  error  "));
}

function compareIds(task: InterchangeTask, model: string, expected: Tensor): void {
  const names = readdirSync(model).filter((name) =>
    /^(tokenizer.*|special_tokens_map)\.json$|^vocab\.txt$/.test(name),
  );
  const files = new Map(names.map((name) => [name, readFileSync(join(model, name), "utf8")]));
  const tokenizer = readTokenizer(files, model);
  const length = expected.shape.at(-1)!; // choices lie one after the other
  for (const [i, [text, pair]] of task.texts.entries()) {
    const ids = [...tokenizer.encode(text, pair === undefined ? {} : { pair }).ids];
    // [batch, sequence], the rest of a row is padding, behind or in front
    const row = Array.from(expected.data.subarray(i * length, (i + 1) * length), Number);
    const fill = Array.from({ length: Math.max(0, length - ids.length) }, () => tokenizer.special.pad?.id);
    const either = [
      [...ids, ...fill],
      [...fill, ...ids], // XLNet's
    ];
    if (either.some((padded) => padded.join() === row.join())) continue;
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

/** Run a command of the script on jobs; returns what it printed. */
async function runPython(command: string, jobs: readonly object[]): Promise<string> {
  const path = join(folder, `${command}.json`);
  writeFileSync(path, JSON.stringify(jobs));
  return (await runToEnd({ program: pythonCommand(), arguments: [script, command, path] })).stdout;
}

async function runOurs(...args: string[]): Promise<void> {
  await runToEnd({ program: process.execPath, arguments: [main, ...args] });
}
