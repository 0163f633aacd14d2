import { createHash } from "node:crypto";
import { cp, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { FileError, type JsonObject, OptionError, parseJsonObject, type Tensor } from "../base/index.js";
import type { HistoryEntry, RunState as TrainerState } from "../export/run-files.js";
import { trainerStateText } from "../export/run-files.js";
import { isFile, readTextFile } from "../hub/files-read.js";
import { readSafetensorsFile, removeUnfinished, writeDirectoryAtomically } from "../hub/index.js";
import type { TokenizerFiles } from "../tokenizers/index.js";
import type { WorkerLearner } from "../training/worker-learner.js";

/** Raised when what a checkpoint holds changes. */
const formatVersion = 1;
const stateFile = "tsugiki_state.json";
const stateSizeLimit = 500_000_000;

/** Where a run stands, in full: a run resumed from it goes on as if it had never stopped. */
export interface RunState {
  /** Optimizer steps done. */
  step: number;
  /** Sum and number of step losses since the last log entry, since the last evaluation, and over the whole run. */
  loggedLoss: { sum: number; count: number };
  evaluatedLoss: { sum: number; count: number };
  totalLoss: { sum: number; count: number };
  rowsSeen: number;
  tokensSeen: number;
  /** Seconds of training, over all parts of the run. */
  seconds: number;
  history: HistoryEntry[];
  best: { metric: number; step: number; checkpoint: string } | undefined;
  /** Evaluations since the best one, for early stopping. */
  evaluationsSinceBest: number;
  stopped: boolean;
}

/** A run before its first step. */
export function freshState(): RunState {
  return {
    step: 0,
    loggedLoss: { sum: 0, count: 0 },
    evaluatedLoss: { sum: 0, count: 0 },
    totalLoss: { sum: 0, count: 0 },
    rowsSeen: 0,
    tokensSeen: 0,
    seconds: 0,
    history: [],
    best: undefined,
    evaluationsSinceBest: 0,
    stopped: false,
  };
}

/** What a resumed run must share with the run it carries on, by what it is called in messages. */
export type Fingerprint = Readonly<Record<string, string>>;

export interface CheckpointContent {
  readonly state: RunState;
  readonly trainerState: TrainerState;
  readonly fingerprint: Fingerprint;
  readonly config: JsonObject;
  /** Tokenizer files by name. */
  readonly files: TokenizerFiles;
  /** Our parameter names to those of the checkpoint. */
  readonly names: ReadonlyMap<string, string>;
}

/** Write `checkpoint-<step>`, whole or not at all; returns its path. */
export async function writeCheckpoint(
  outputDirectory: string,
  learner: WorkerLearner,
  { state, trainerState, fingerprint, config, files, names }: CheckpointContent,
): Promise<string> {
  const path = join(outputDirectory, `checkpoint-${state.step}`);
  await writeDirectoryAtomically(path, async (directory) => {
    const write = (name: string, content: string | Uint8Array): Promise<void> =>
      writeFile(join(directory, name), content);
    await learner.write("parameters", join(directory, "model.safetensors"), names);
    await learner.write("optimizerState", join(directory, "optimizer.safetensors"));
    for (const [name, content] of files) await write(name, content);
    await write("config.json", `${JSON.stringify(config, null, 2)}\n`);
    await write("trainer_state.json", trainerStateText(trainerState));
    await write(stateFile, `${JSON.stringify({ formatVersion, fingerprint, state }, null, 2)}\n`);
  });
  return path;
}

/** Delete old checkpoints beyond `limit`; the newest and the best stay. */
export async function pruneCheckpoints(
  outputDirectory: string,
  limit: number,
  best: string | undefined,
): Promise<void> {
  const checkpoints = await listCheckpoints(outputDirectory);
  const removable = checkpoints.slice(0, -1).filter((name) => name !== best);
  const excess = checkpoints.length - Math.max(1, limit);
  for (const name of removable.slice(0, Math.max(0, excess)))
    await rm(join(outputDirectory, name), { recursive: true, force: true });
}

/** The checkpoints of a run, oldest first. */
export async function listCheckpoints(outputDirectory: string): Promise<string[]> {
  const names = await readdir(outputDirectory).catch(() => []);
  const steps = (name: string): number => Number(name.slice("checkpoint-".length));
  return names.filter((name) => /^checkpoint-\d+$/.test(name)).sort((a, b) => steps(a) - steps(b));
}

/** The newest checkpoint of a run, or the one named; undefined where there is none yet. */
export async function findCheckpoint(
  outputDirectory: string,
  resume: boolean | string,
): Promise<string | undefined> {
  if (typeof resume === "string") {
    if (await isFile(join(resume, stateFile))) return resume;
    throw new FileError(resume, `expected a checkpoint (a folder with ${stateFile}), found none`, {
      hint: "name a folder checkpoint-N of a run, or say --resume alone for the newest",
    });
  }
  await removeUnfinished(outputDirectory).catch(() => {});
  const newest = (await listCheckpoints(outputDirectory)).at(-1);
  return newest === undefined ? undefined : join(outputDirectory, newest);
}

/** Take up a checkpoint: set parameters and optimizer, and return where the run stands. */
export async function readCheckpoint(
  path: string,
  learner: WorkerLearner,
  names: ReadonlyMap<string, string>,
  fingerprint: Fingerprint,
): Promise<RunState> {
  const place = join(path, stateFile);
  const stored = parseJsonObject(await readTextFile(place, stateSizeLimit), place);
  if (stored["formatVersion"] !== formatVersion)
    throw new FileError(
      place,
      `formatVersion: expected ${formatVersion}, got ${String(stored["formatVersion"])}`,
      {
        hint: "the checkpoint was written by another version of Tsugiki; resume it with that one",
      },
    );
  const before = (stored["fingerprint"] ?? {}) as Fingerprint;
  const changed = Object.keys(fingerprint).filter((key) => before[key] !== fingerprint[key]);
  if (changed.length > 0)
    throw new OptionError(
      `${path} cannot be resumed exactly: changed since are ${changed.map((key) => `${key} (was ${before[key] ?? "not there"}, is ${fingerprint[key]})`).join("; ")}`,
      { hint: "put it back as it was, or start anew without --resume" },
    );
  await learner.setParameters(await readParameters(path, names));
  await learner.setOptimizerState(await readSafetensorsFile(join(path, "optimizer.safetensors")));
  return JSON.parse(JSON.stringify(stored["state"])) as RunState;
}

/** Have the best checkpoint of a run beside those that follow the one it is taken up from; throws where it is gone. */
export async function keepBestCheckpoint(
  resumedFrom: string,
  outputDirectory: string,
  { best }: RunState,
): Promise<void> {
  if (best === undefined) return;
  const from = join(dirname(resolve(resumedFrom)), best.checkpoint);
  const to = join(resolve(outputDirectory), best.checkpoint);
  if (!(await isFile(join(from, stateFile))))
    throw new FileError(from, "expected the best checkpoint of the run so far, found none", {
      hint: "resume from a checkpoint that has it beside it, or start anew without --resume",
    });
  if (from !== to)
    await writeDirectoryAtomically(to, (directory) => cp(from, directory, { recursive: true }));
}

/** Delete the checkpoints of an earlier run, which would be taken for those of the new one. */
export async function removeCheckpoints(outputDirectory: string): Promise<void> {
  for (const name of await listCheckpoints(outputDirectory))
    await rm(join(outputDirectory, name), { recursive: true, force: true });
}

/** The parameters of a checkpoint under our names. */
export async function readParameters(
  path: string,
  names: ReadonlyMap<string, string>,
): Promise<Map<string, Tensor>> {
  const place = join(path, "model.safetensors");
  const tensors = await readSafetensorsFile(place);
  const parameters = new Map<string, Tensor>();
  for (const [own, foreign] of names) {
    const tensor = tensors.get(foreign);
    if (tensor === undefined) throw new FileError(place, `expected a tensor ${foreign}, found none`);
    parameters.set(own, tensor);
  }
  return parameters;
}

function bytesAsText(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

/** A short digest of texts or JSON, for fingerprints. */
export function digest(content: unknown): string {
  return createHash("sha256")
    .update(typeof content === "string" ? content : JSON.stringify(content, bytesAsText))
    .digest("hex")
    .slice(0, 16);
}
