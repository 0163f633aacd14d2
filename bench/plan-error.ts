import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { OptionError } from "../src/base/errors.js";
import type { RunForecast } from "../src/workflows/plan/forecaster.js";
import { repository, sharedPath } from "../test/shared.js";
import { compiled, runToEnd } from "./child-process.js";
import { stateFolder } from "./interleave.js";
import { appendRecord, loadWarning } from "./record.js";

const areas = join(repository, "data", "mdn-ja-area");
const areaRows = [
  ...["--train-file", join(areas, "train.jsonl"), "--validation-file", join(areas, "valid.jsonl")],
  ...["--epochs", "1", "--max-train-examples", "640", "--max-validation-examples", "320"],
];
const japanese = ["--model", join(repository, "rootstocks", "ja-small"), ...areaRows];
const english = ["--model", sharedPath("models/all-MiniLM-L6-v2"), ...areaRows, "--max-length", "128"];

/** Runs that are forecast, and then made, by name. */
const jobs: Readonly<Record<string, readonly string[]>> = {
  "ja-small": [...japanese, "--batch-size", "16"],
  "ja-small-accumulated": [...japanese, "--batch-size", "8", "--accumulation-steps", "4"],
  "ja-small-masked": [...japanese, "--task", "masked-language-modelling", "--batch-size", "16"],
  minilm: [...english, "--batch-size", "16"],
  "minilm-int8": [...english, "--batch-size", "16", "--optimizer-state", "int8"],
  "minilm-lora": [...english, "--batch-size", "16", "--lora-rank", "8"],
  "minilm-recomputed": [...english, "--batch-size", "16", "--gradient-checkpointing"],
};

/** How far off is what `plan` says of memory and time, of several models and ways to train them? */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      jobs: { type: "string", default: Object.keys(jobs).join(",") },
      runtime: { type: "string", default: "onnxruntime" },
      threads: { type: "string", default: "2" },
    },
  });
  const names = values.jobs.split(",");
  const unknown = names.find((name) => !Object.hasOwn(jobs, name));
  if (unknown !== undefined)
    throw new OptionError(`--jobs: expected some of ${Object.keys(jobs).join(", ")}, got ${unknown}`);
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const machine = ["--runtime", values.runtime, "--threads", values.threads];
  const results = [];
  for (const name of names) {
    const result = { name, ...(await compare([...jobs[name]!, ...machine])) };
    results.push(result);
    const { memory, seconds } = result;
    console.log(
      `  ${name.padEnd(22)}memory ${errorText(memory, 1e6, "MB")}   time ${errorText(seconds, 1, "s")}`,
    );
  }
  const { runtime, threads } = values;
  console.log(`  recorded in ${appendRecord("plan-error", { warning, runtime, threads, results })}`);
}

interface Compared {
  readonly forecast: number;
  readonly actual: number;
}

async function compare(flags: readonly string[]): Promise<{ memory: Compared; seconds: Compared }> {
  const cli = join(compiled, "src", "cli", "main.js");
  const output = join(stateFolder, "plan-error");
  rmSync(output, { recursive: true, force: true });
  mkdirSync(stateFolder, { recursive: true });
  const tsugiki = (command: string, ...more: string[]): ReturnType<typeof runToEnd> =>
    runToEnd({
      program: process.execPath,
      arguments: [cli, command, ...flags, "--output-dir", output, ...more],
    });
  const planned = await tsugiki("plan", "--json");
  const forecast = JSON.parse(planned.stdout) as RunForecast;
  const { peakBytes } = await tsugiki("fine-tune");
  const results = JSON.parse(readFileSync(join(output, "all_results.json"), "utf8"));
  rmSync(output, { recursive: true, force: true });
  return {
    memory: { forecast: forecast.memory.peak, actual: peakBytes ?? Number.NaN },
    // of training alone: what is around it hangs on the disk
    seconds: { forecast: forecast.time?.training ?? Number.NaN, actual: results.train_runtime },
  };
}

function errorText({ forecast, actual }: Compared, unit: number, name: string): string {
  const error = (100 * (forecast - actual)) / actual;
  const [told, taken] = [forecast, actual].map((value) => (value / unit).toFixed(0));
  return `${told} of ${taken} ${name} (${error > 0 ? "+" : ""}${error.toFixed(0)} %)`;
}
