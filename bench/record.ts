import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { repository } from "../test/shared.js";

/** The machine and versions that a measurement was taken with. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly platform: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** This machine, with the versions of what we run on. */
export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    versions: {
      node: process.versions.node,
      tsugiki: versionIn("package.json"),
      "onnxruntime-node": versionIn("node_modules", "onnxruntime-node", "package.json"),
    },
  };
}

/** A warning where other work is running: timings taken beside it say little. */
export function loadWarning(): string | undefined {
  const load = loadavg()[0]!;
  if (load < 0.3 * availableParallelism()) return undefined;
  return `the machine is busy (load ${load.toFixed(1)} on ${availableParallelism()} cores): these timings are only orientation`;
}

/** Append one dated measurement to bench/records/NAME.jsonl; returns the path. */
export function appendRecord(name: string, measurement: object): string {
  const folder = join(repository, "bench", "records");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.jsonl`);
  const record = { date: new Date().toISOString(), machine: thisMachine(), ...measurement };
  appendFileSync(path, `${JSON.stringify(record)}\n`);
  return path;
}

function versionIn(...path: string[]): string {
  return JSON.parse(readFileSync(join(repository, ...path), "utf8")).version;
}
