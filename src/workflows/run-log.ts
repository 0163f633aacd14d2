import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { encodeEventFileHeader, encodeScalarEvent, eventFileName } from "../formats/tensorboard.js";

/** The history of a run while it goes on: metrics.jsonl, and event files that TensorBoard reads. */
export interface RunLog {
  /** Add numbers of a step; names such as `train/loss`. */
  add(step: number, values: Readonly<Record<string, number>>): Promise<void>;
}

/** Start a log in a run's folder. `earlier` are the entries of a run that is carried on. */
export async function startRunLog(directory: string, earlier: readonly LogEntry[]): Promise<RunLog> {
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
    async add(step, values) {
      await appendFile(metricsPath, lineOf({ step, values }));
      const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
      const events = finite.map(([name, value]) => encodeScalarEvent(name, value, step, now()));
      await appendFile(eventPath, Buffer.concat(events));
    },
  };
}

export interface LogEntry {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

function lineOf({ step, values }: LogEntry): string {
  return `${JSON.stringify({ step, ...values })}\n`;
}
