import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { HistoryEntry } from "../export/run-files.js";
import { encodeEventFileHeader, encodeScalarEvent, eventFileName } from "../formats/tensorboard.js";

/** The history of a run while it goes on: metrics.jsonl, and event files that TensorBoard reads. */
export interface RunLog {
  /** Add what the history of the run has just got. */
  add(entry: HistoryEntry): Promise<void>;
}

/** Start a log in a run's folder. `earlier` is the history of a run that is carried on. */
export async function startRunLog(directory: string, earlier: readonly HistoryEntry[]): Promise<RunLog> {
  const now = (): number => Date.now() / 1000;
  const started = new Date();
  const stamp = started.toISOString().slice(0, 19).replaceAll(":", "-");
  const eventDirectory = join(directory, "runs", `${stamp}_${hostname()}`);
  await mkdir(eventDirectory, { recursive: true });
  const eventPath = join(eventDirectory, eventFileName(now(), hostname(), String(process.pid)));
  await writeFile(eventPath, encodeEventFileHeader(now()));
  const metricsPath = join(directory, "metrics.jsonl");
  await writeFile(metricsPath, earlier.map(lineOf).join(""));
  return {
    async add(entry) {
      await appendFile(metricsPath, lineOf(entry));
      const { step } = entry;
      const values = valuesOf(entry);
      const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
      const events = finite.map(([name, value]) => encodeScalarEvent(name, value, step, now()));
      await appendFile(eventPath, Buffer.concat(events));
    },
  };
}

function lineOf(entry: HistoryEntry): string {
  return `${JSON.stringify({ step: entry.step, ...valuesOf(entry) })}\n`;
}

/** The numbers of an entry, by names such as `train/loss`. */
function valuesOf(entry: HistoryEntry): Record<string, number> {
  if (entry.kind === "train") {
    const { loss, gradientNorm, learningRate, epoch } = entry;
    return {
      "train/loss": loss,
      ...(gradientNorm === undefined ? {} : { "train/grad_norm": gradientNorm }),
      "train/learning_rate": learningRate,
      "train/epoch": epoch,
    };
  }
  if (entry.kind === "end") return { "train/total_loss": entry.result.loss };
  const { loss, metrics } = entry.result;
  return {
    ...(loss === undefined ? {} : { "eval/loss": loss }),
    ...Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`eval/${name}`, value])),
  };
}
