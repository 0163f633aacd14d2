import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sharedPath } from "../test/shared.js";
import { type Command, compiled, runToEnd } from "./child-process.js";
import { stateFolder, turnOrder } from "./interleave.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";

/**
 * How long does one answer take from nothing: start the program, load a fine-tuned model of MiniLM's size, classify
 * one text, and end? Ours by `tsugiki predict`, Python's by a transformers pipeline; in turns.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: "string", default: "7" }, only: { type: "string" } },
  });
  const names = ["ours", "python"].filter((name) => values.only === undefined || values.only === name);
  if (names.includes("python")) requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const model = await fineTunedModel();
  const commands: Record<string, Command> = {
    ours: { program: process.execPath, arguments: [cli, "predict", "--model", model, text] },
    python: { program: pythonCommand(), arguments: [join(peersFolder, "cold_start.py"), model, text] },
  };
  const seconds = new Map(names.map((name) => [name, [] as number[]]));
  // the first round only fills the system's file cache
  for (let round = 0; round <= Number(values.rounds); round++)
    for (const name of turnOrder(names, round)) {
      const { wallSeconds } = await runToEnd(commands[name]!);
      if (round > 0) seconds.get(name)!.push(wallSeconds);
    }
  for (const [name, all] of seconds) {
    const sorted = [...all].sort((a, b) => a - b);
    const range = `${sorted[0]!.toFixed(2)} to ${sorted.at(-1)!.toFixed(2)}`;
    console.log(`  ${name.padEnd(10)}${sorted[sorted.length >> 1]!.toFixed(2)} s (${range})`);
  }
  console.log(
    `  recorded in ${appendRecord("cold-start", { warning, seconds: Object.fromEntries(seconds) })}`,
  );
}

const cli = join(compiled, "src", "cli", "main.js");
const text = "a gripping film with a lovely cast";

/** A classifier of MiniLM's size, made once by one step of training. */
async function fineTunedModel(): Promise<string> {
  const folder = join(stateFolder, "cold-start");
  const model = join(folder, "model");
  if (existsSync(join(model, "config.json"))) return model;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const rows = join(folder, "rows.jsonl");
  writeFileSync(rows, '{"text":"good","label":"praise"}\n{"text":"bad","label":"blame"}\n');
  const flags = ["--model", sharedPath("models/all-MiniLM-L6-v2"), "--train-file", rows, "--max-steps", "1"];
  await runToEnd({
    program: process.execPath,
    arguments: [cli, "fine-tune", ...flags, "--output-dir", model],
  });
  return model;
}
