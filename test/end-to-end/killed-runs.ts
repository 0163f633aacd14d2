import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { type FSWatcher, mkdirSync, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Random } from "../../src/base/index.js";

const program = join(dirname(fileURLToPath(import.meta.url)), "../../src/cli/main.js");

/** When a run is killed: so many milliseconds after it began, or after it began to write a checkpoint. */
export interface KillMoment {
  readonly after: "start" | "checkpoint";
  readonly milliseconds: number;
}

/** How a process ended. */
export interface RunEnd {
  readonly killed: boolean;
  readonly milliseconds: number;
  /** What it said where it failed. */
  readonly errors: string;
}

/** Run `tsugiki fine-tune` with these flags; with a moment, kill it then (SIGKILL) unless it is done before. */
export async function runProgram(
  flags: readonly string[],
  outputDirectory: string,
  moment?: KillMoment,
): Promise<RunEnd> {
  const started = performance.now();
  mkdirSync(outputDirectory, { recursive: true });
  const words = ["fine-tune", ...flags, "--output-dir", outputDirectory];
  const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += chunk));
  const watcher = moment === undefined ? undefined : killAt(child, moment, outputDirectory);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...end) => resolve(end));
  });
  watcher?.close();
  if (signal !== "SIGKILL" && code !== 0) throw new Error(`the run ended with code ${code}:\n${errors}`);
  return { killed: signal === "SIGKILL", milliseconds: performance.now() - started, errors };
}

function killAt(child: ChildProcess, moment: KillMoment, outputDirectory: string): FSWatcher | undefined {
  const kill = (): void => void after(moment.milliseconds).then(() => child.kill("SIGKILL"));
  if (moment.after === "start") return void kill();
  return watch(outputDirectory, (_event, name) => {
    if (name?.includes(".unfinished")) kill();
  });
}

/** A moment somewhere in a run that takes `duration` milliseconds, half of them while a checkpoint is written. */
export function randomMoment(random: Random, duration: number): KillMoment {
  return random.uniform() < 0.5
    ? { after: "checkpoint", milliseconds: random.uniform() * 40 }
    : { after: "start", milliseconds: random.uniform() * duration };
}

/** A digest of the weights that a run left. */
export async function weightsDigest(outputDirectory: string): Promise<string> {
  const bytes = await readFile(join(outputDirectory, "model.safetensors"));
  return createHash("sha256").update(bytes).digest("hex");
}

/** Start and kill a run until it has been killed so many times or is done, then let it end; returns the kills. */
export async function runWithKills(
  flags: readonly string[],
  outputDirectory: string,
  killCount: number,
  moment: () => KillMoment,
): Promise<number> {
  let kills = 0;
  while (kills < killCount) {
    const { killed } = await runProgram([...flags, "--resume"], outputDirectory, moment());
    if (!killed) return kills;
    kills++;
  }
  await runProgram([...flags, "--resume"], outputDirectory);
  return kills;
}
