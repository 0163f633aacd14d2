import { type Colors, colors as makeColors } from "./colors.js";
import { errorText } from "./error-text.js";
import { type Progress, progressBarText, progressText, shareDone } from "./progress-text.js";
import { type SectionLine, sectionText } from "./section-text.js";
import { type Table, tableText } from "./table-text.js";

/** Tells a person how a run goes. All of it goes to one stream; results for programs do not pass here. */
export interface Reporter {
  /** Facts under a name: `data`, `model`, `runtime`, `saved`, `next`. */
  section(name: string, lines: readonly SectionLine[]): void;
  /** Where the work stands now; may be called as often as one likes. */
  progress(progress: Progress): void;
  line(text: string): void;
  warning(text: string): void;
  error(error: unknown): void;
  table(table: Table): void;
  /** Clears the progress line. Nothing else need be undone: the cursor is never hidden, so that even a killed run leaves the terminal as it was. */
  close(): void;
}

/** Where a reporter writes: process.stdout, process.stderr or anything like them. */
export interface TextStream {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface ReporterOptions {
  readonly stream: TextStream;
  /** The time in milliseconds. */
  readonly clock: () => number;
  readonly color: boolean;
  /** Whether errors show where they happened. Default false. */
  readonly debug?: boolean;
}

const redrawInterval = 100; // ms on a terminal: ten frames a second look smooth and cost nothing
const logInterval = 10_000; // ms between plain lines of a slow run
const shortestLogInterval = 1000; // ms between plain lines of a fast run
const logShare = 0.1; // how much of the work lies between two plain lines

/** A reporter that redraws one line of progress on a terminal and prints a plain line now and then elsewhere. */
export function reporter(options: ReporterOptions): Reporter {
  const { stream } = options;
  const colors = makeColors(options.color);
  const progressLine = stream.isTTY === true ? redrawnLine(options, colors) : loggedLine(options);
  let previous = "";
  let afterBlank = false; // a progress line was cleared, the blank line above it is still there

  /** An empty line between two things of different kinds. */
  function separate(kind: string): string {
    const gap = kind === previous || afterBlank ? "" : "\n";
    [previous, afterBlank] = [kind, false];
    return gap;
  }

  function clear(): void {
    if (progressLine.clear()) afterBlank = true;
  }

  function print(kind: string, lines: readonly string[]): void {
    clear();
    stream.write(separate(kind) + lines.map((line) => (line === "" ? "\n" : `  ${line}\n`)).join(""));
  }

  return {
    section(name, lines) {
      const [first = "", ...rest] = sectionText(name, lines);
      print("section", [colors.cyan(first.slice(0, name.length)) + first.slice(name.length), ...rest]);
    },
    progress: (progress) => progressLine.show(progress, () => separate("progress")),
    line: (text) => print("line", text.split("\n")),
    warning: (text) =>
      print("line", [`${colors.yellow("warning")}  ${text.split("\n").join("\n           ")}`]),
    error: (error) => print("error", errorText(error, colors, { debug: options.debug === true })),
    table(table) {
      if (previous === "table") previous = ""; // two tables must not look like one
      const [head = "", ...rows] = tableText(table);
      print("table", [colors.dim(head), ...rows]);
    },
    close: clear,
  };
}

interface ProgressLine {
  /** Called for every step; `gap` gives what stands before the line, and is called only where one is written. */
  show(progress: Progress, gap: () => string): void;
  /** Removes the line; whether there was one. */
  clear(): boolean;
}

function redrawnLine({ stream, clock }: ReporterOptions, colors: Colors): ProgressLine {
  let drawn = false;
  let lastTime = Number.NEGATIVE_INFINITY;
  let lastLabel = "";
  return {
    show(progress, gap) {
      const time = clock();
      const urgent = progress.label !== lastLabel || progress.done === progress.total;
      if (!urgent && time - lastTime < redrawInterval) return;
      // One column stays free: a full line would make some terminals wrap.
      const width = Math.max(20, stream.columns ?? 80) - 3;
      stream.write(`${gap()}\r  ${progressBarText(progress, width, colors)}\x1b[K`);
      [drawn, lastTime, lastLabel] = [true, time, progress.label];
    },
    clear() {
      const wasDrawn = drawn;
      if (wasDrawn) stream.write("\r\x1b[K");
      [drawn, lastTime] = [false, Number.NEGATIVE_INFINITY];
      return wasDrawn;
    },
  };
}

function loggedLine({ stream, clock }: ReporterOptions): ProgressLine {
  let last: { label: string; share: number; time: number; logged: boolean } | undefined;
  return {
    show(progress, gap) {
      const time = clock();
      const share = shareDone(progress) ?? 0;
      if (last?.label !== progress.label) last = { label: progress.label, share: 0, time, logged: false };
      const waited = time - last.time;
      const further = share - last.share >= logShare - 1e-9 && waited >= shortestLogInterval;
      // what is over within a second needs no line at all
      const finished = share === 1 && last.share < 1 && (last.logged || waited >= shortestLogInterval);
      if (!further && !finished && waited < logInterval) return;
      stream.write(`${gap()}  ${progressText(progress)}\n`);
      last = { label: progress.label, share, time, logged: true };
    },
    clear: () => false,
  };
}
