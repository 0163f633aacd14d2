import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { type FSWatcher, mkdirSync, watch } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Random } from "../../src/base/index.js";
import { lastingFiles } from "./lasting-files.js";

const program = join(dirname(fileURLToPath(import.meta.url)), "../../src/cli/main.js");

/** A command that trains: its name and its flags, all but where to. */
export type TrainingWords = readonly [command: string, ...flags: string[]];

/** When a run is killed: so many milliseconds after it began, or after it began to write a checkpoint. */
interface KillMoment {
  readonly after: "start" | "checkpoint";
  readonly milliseconds: number;
}

/** How a process ended. */
interface RunEnd {
  readonly killed: boolean;
  readonly milliseconds: number;
}

/** Do a run undisturbed, then again with so many kills, each run taken up up to five times; all leave the same bytes. */
export async function checkKilledRuns(
  words: TrainingWords,
  path: (name: string) => string,
  { killCount, random }: { readonly killCount: number; readonly random: Random },
): Promise<{ readonly runCount: number }> {
  const { milliseconds } = await runProgram(words, path("whole"));
  const expected = await lastingFiles(path("whole"));
  let [runCount, kills] = [0, 0];
  while (kills < killCount) {
    const directory = path(`killed-${runCount++}`);
    const moments = await runWithKills(words, directory, Math.min(5, killCount - kills), () =>
      randomMoment(random, milliseconds),
    );
    kills += moments.length;
    assert.deepEqual(await lastingFiles(directory), expected, `killed at ${JSON.stringify(moments)}`);
    const left = (await readdir(directory, { recursive: true })).filter((name) =>
      name.includes("unfinished"),
    );
    assert.deepEqual(left, [], "pieces of killed writes are left");
    await rm(directory, { recursive: true });
  }
  return { runCount };
}

/** Start and kill a run until it has been killed so many times or is done, then let it end; when it was killed. */
async function runWithKills(
  words: TrainingWords,
  outputDirectory: string,
  killCount: number,
  nextMoment: () => KillMoment,
): Promise<KillMoment[]> {
  const moments: KillMoment[] = [];
  while (moments.length < killCount) {
    const moment = nextMoment();
    const { killed } = await runProgram([...words, "--resume"], outputDirectory, moment);
    if (!killed) return moments;
    moments.push(moment);
  }
  await runProgram([...words, "--resume"], outputDirectory);
  return moments;
}

/** Run the command; with a moment, kill it then (SIGKILL) unless it is done before. */
async function runProgram(
  words: TrainingWords,
  outputDirectory: string,
  moment?: KillMoment,
): Promise<RunEnd> {
  const started = performance.now();
  mkdirSync(outputDirectory, { recursive: true });
  const child = spawn(process.execPath, [program, ...words, "--output-dir", outputDirectory], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += chunk));
  const watcher = moment === undefined ? undefined : killAt(child, moment, outputDirectory);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...end) => resolve(end));
  });
  watcher?.close();
  if (signal !== "SIGKILL" && code !== 0) throw new Error(`the run ended with code ${code}:\n${errors}`);
  return { killed: signal === "SIGKILL", milliseconds: performance.now() - started };
}

function killAt(child: ChildProcess, moment: KillMoment, outputDirectory: string): FSWatcher | undefined {
  const kill = (): void => void after(moment.milliseconds).then(() => child.kill("SIGKILL"));
  if (moment.after === "start") return void kill();
  return watch(outputDirectory, (_event, name) => {
    if (name?.includes(".unfinished")) kill();
  });
}

/** A moment somewhere in a run that takes `duration` milliseconds, half of them while a checkpoint is written. */
function randomMoment(random: Random, duration: number): KillMoment {
  return random.uniform() < 0.5
    ? { after: "checkpoint", milliseconds: random.uniform() * 40 }
    : { after: "start", milliseconds: random.uniform() * duration };
}
