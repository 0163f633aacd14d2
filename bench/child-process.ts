import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { TsugikiError } from "../src/base/errors.js";
import { repository } from "../test/shared.js";

/** The folder of the compiled program that this bench is part of: `dist`. */
export const compiled: string = join(dirname(fileURLToPath(import.meta.url)), "..");

/** A program and its arguments. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
}

/** How a program that was run to its end went. */
export interface Finished {
  readonly stdout: string;
  readonly wallSeconds: number;
  /** The most memory it held; undefined where the system does not tell (not Linux). */
  readonly peakBytes: number | undefined;
}

/** Run a program from the repository's root to its end; throws with the end of its stderr where it fails. */
export async function runToEnd(command: Command): Promise<Finished> {
  const started = performance.now();
  const child = start(command, ["ignore", "pipe", "pipe"]);
  let stdout = "";
  let stderr = "";
  let peakBytes: number | undefined;
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  const watch = setInterval(() => {
    peakBytes = peakOf(child) ?? peakBytes;
  }, 100);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  }).finally(() => clearInterval(watch));
  if (code !== 0) throw failure(command, `exit code ${code}`, stderr);
  return { stdout, wallSeconds: (performance.now() - started) / 1000, peakBytes };
}

/** What a program answers to `step`. */
export interface StepAnswer {
  readonly seconds: number;
  /** What the processor spent on it, in all threads: says something even where other programs take turns. */
  readonly processorSeconds?: number;
  readonly loss: number;
  /** Of several steps at once: of each. */
  readonly losses?: readonly number[];
  /** The most memory it held so far, in bytes. */
  readonly peakMemory: number;
  readonly versions?: Readonly<Record<string, string>>;
}

/** A program that answers each line on stdin by a line of JSON, so that two can take turns. */
export class LineProcess {
  readonly command: Command;
  readonly #child: ChildProcess;
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;
  #stderr = "";

  constructor(command: Command) {
    this.command = command;
    this.#child = start(command, ["pipe", "pipe", "pipe"]);
    this.#child.on("error", (error) => {
      this.#stderr += error.message;
    });
    this.#child.stdin?.on("error", () => {}); // a dead child is reported by the read that follows
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4000);
    });
    this.#reader = createInterface({ input: this.#child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** One step; the first answer also waits until the program is ready. */
  step(): Promise<StepAnswer> {
    return this.ask("step");
  }

  /** The answer to a line. */
  async ask(line: string): Promise<StepAnswer> {
    this.#child.stdin?.write(`${line}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw failure(this.command, "it ended early", this.#stderr);
    const answer = JSON.parse(value) as StepAnswer;
    if (answer.seconds > 0) return { ...answer, peakMemory: peakOf(this.#child) ?? answer.peakMemory };
    throw failure(this.command, `expected seconds, got ${value}`, this.#stderr);
  }

  close(): void {
    this.#reader.close();
    this.#child.kill();
  }
}

function start(command: Command, stdio: ("ignore" | "pipe")[]): ChildProcess {
  return spawn(command.program, command.arguments, { cwd: repository, stdio });
}

function failure(command: Command, problem: string, stderr: string): TsugikiError {
  return new TsugikiError(`${command.program} ${command.arguments.join(" ")}: ${problem}\n${stderr.trim()}`);
}

// VmHWM is the largest resident size so far, in KiB (Linux only)
function peakOf(child: ChildProcess): number | undefined {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
