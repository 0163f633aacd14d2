// Training runs that are given the same processor time, though a step of one takes longer than that of another. How long
// steps take is measured once, over some of them; the run then has as many as fit. What was measured is kept in the
// folder, so that a run that is stopped goes on with the same number of steps, and its bytes follow from that number.
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type JsonObject, OptionError } from "../../src/base/index.js";
import type { RunContext, RunEvents } from "../../src/workflows/events.js";
import type { TrainingResult } from "../../src/workflows/index.js";

/** How long a run is: so many steps, or as many as take so much processor time. */
export type Budget = { readonly steps: number } | { readonly minutes: number };

/** What a training run is told beside its own options. */
export interface RunPart {
  readonly outputDirectory: string;
  readonly maxSteps: number;
  readonly saveEvery: number;
  readonly resume: boolean;
  readonly overwrite: boolean;
}

/** A model that was trained, and what of. */
export interface Trained {
  /** Where the model is. */
  readonly directory: string;
  readonly steps: number;
  /** Of processor time; undefined where a number of steps was asked for. */
  readonly secondsPerStep?: number;
  /** On held-out text, where there is some. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How many characters of the training text a token stands for. */
  readonly charactersPerToken: number;
}

/** The first steps wait for memory and caches. */
const warmSteps = 8;
const timedSteps = 32;
const saveEvery = 200;

/** A run, and what else decides what comes of it: models, texts, who computes. */
export interface TrainingRun {
  /** Its own folder. */
  readonly folder: string;
  readonly budget: Budget;
  readonly settings: JsonObject;
}

/** The model of a run: as it was made, taken up where it was left, or begun. */
export async function pacedTraining(
  { folder, budget, settings }: TrainingRun,
  train: (part: RunPart, context: RunContext) => Promise<TrainingResult>,
  log: (line: string) => void = console.log,
): Promise<Trained> {
  const [directory, record] = [join(folder, "model"), join(folder, "trained.json")];
  await checkFolder(folder, { ...budget, ...settings });
  if (existsSync(record)) return JSON.parse(await readFile(record, "utf8"));
  const secondsPerStep = "steps" in budget ? undefined : await measuredPace(folder, train, log);
  const maxSteps =
    "steps" in budget ? budget.steps : Math.max(1, Math.round((60 * budget.minutes) / secondsPerStep!));
  log(`${folder}: ${maxSteps} steps`);
  let charactersPerToken = Number.NaN;
  const events: RunEvents = {
    corpora({ corpora }) {
      const total = (key: "characterCount" | "tokenCount"): number =>
        corpora.reduce((sum, { report }) => sum + report[key], 0);
      charactersPerToken = total("characterCount") / total("tokenCount");
    },
    progress({ phase, done, total }) {
      if (phase === "train" && done % saveEvery === 0) log(`${folder}: step ${done} of ${total}`);
    },
    note: (text) => log(`${folder}: ${text}`),
  };
  const part = { outputDirectory: directory, maxSteps, saveEvery, resume: true, overwrite: false };
  const { metrics, steps } = await train(part, { events });
  const trained: Trained = {
    ...{ directory, steps, metrics, charactersPerToken },
    ...(secondsPerStep === undefined ? {} : { secondsPerStep }),
  };
  await writeFile(record, `${JSON.stringify(trained)}\n`);
  return trained;
}

/** Begin a folder, or see that it is that of the same run. */
async function checkFolder(folder: string, settings: JsonObject): Promise<void> {
  const path = join(folder, "settings.json");
  const own = JSON.stringify(settings);
  if (!existsSync(path)) {
    await mkdir(folder, { recursive: true });
    await writeFile(path, `${own}\n`);
  }
  const found = (await readFile(path, "utf8")).trim();
  if (found !== own)
    throw new OptionError(`${folder}: expected a run with the settings ${own}, got ${found}`, {
      hint: "delete the folder, or name another by --scratch",
    });
}

/** Processor seconds of a step, kept in the folder. */
async function measuredPace(
  folder: string,
  train: (part: RunPart, context: RunContext) => Promise<TrainingResult>,
  log: (line: string) => void,
): Promise<number> {
  const record = join(folder, "pace.json");
  if (existsSync(record)) return JSON.parse(await readFile(record, "utf8")).secondsPerStep;
  const outputDirectory = join(folder, "pace");
  const maxSteps = warmSteps + timedSteps;
  let before = process.cpuUsage();
  let secondsPerStep = Number.NaN;
  const progress: RunEvents["progress"] = ({ phase, done }) => {
    if (phase !== "train") return;
    if (done === warmSteps) before = process.cpuUsage();
    if (done !== maxSteps) return;
    const { user, system } = process.cpuUsage(before);
    secondsPerStep = (user + system) / 1e6 / timedSteps;
  };
  const part = { outputDirectory, maxSteps, saveEvery: maxSteps, resume: false, overwrite: true };
  await train(part, { events: { progress } });
  await rm(outputDirectory, { recursive: true, force: true });
  await writeFile(record, `${JSON.stringify({ secondsPerStep })}\n`);
  log(`${folder}: ${secondsPerStep.toFixed(3)} processor seconds a step`);
  return secondsPerStep;
}
