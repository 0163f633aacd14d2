import { clockText, countText } from "../../export/number-text.js";
import type { Colors } from "./colors.js";
import { textWidth, truncateText } from "./text-width.js";

/** Where a piece of work stands. */
export interface Progress {
  /** What is being done: `epoch 2/3`, `evaluation`. */
  readonly label: string;
  readonly done: number;
  /** How much there is in all; 0 where nobody knows. */
  readonly total: number;
  /** Finished facts in the order of their weight; the last ones are left out where the line is too narrow. */
  readonly facts: readonly string[];
  readonly secondsLeft?: number | undefined;
}

const widestBar = 31;
const narrowestBar = 10;

/** The share done, between 0 and 1; undefined where the total is unknown. */
export function shareDone(progress: Progress): number | undefined {
  return progress.total > 0 ? Math.min(1, Math.max(0, progress.done / progress.total)) : undefined;
}

/** The line of a progress as a log shows it, without a bar. */
export function progressText(progress: Progress): string {
  return [`${progress.label} ${amount(progress)}`, ...progress.facts, ...timeLeft(progress)].join("  ");
}

/**
 * The line of a progress with its bar, never wider than `width` columns: first the bar gets shorter, then it
 * goes, then facts go, the last one first; the time left stays as long as it fits.
 */
export function progressBarText(progress: Progress, width: number, colors: Colors): string {
  const share = shareDone(progress);
  const tail = ["", ...progress.facts, ...timeLeft(progress)].join("  ");
  const bare = `${progress.label}  ${amount(progress)}${tail}`; // a space on each side of the bar
  const barWidth = Math.min(widestBar, width - textWidth(bare));
  if (share !== undefined && barWidth >= narrowestBar) {
    return `${colors.bold(progress.label)} ${barText(share, barWidth, colors)} ${amount(progress)}${tail}`;
  }
  const facts = [...progress.facts];
  const line = (): string => progressText({ ...progress, facts });
  while (facts.length > 0 && textWidth(line()) > width) facts.pop();
  return truncateText(line(), width);
}

/** The bar alone: what is done, a gap, what is not. Without colours the gap tells them apart. */
export function barText(share: number, width: number, colors: Colors): string {
  const done = Math.floor(share * width);
  const rest = width - done;
  return colors.green("━".repeat(done)) + (rest > 0 ? colors.dim(`╺${"━".repeat(rest - 1)}`) : "");
}

function amount(progress: Progress): string {
  const share = shareDone(progress);
  if (share === undefined) return countText(progress.done);
  return `${String(Math.floor(share * 100)).padStart(3)} %`;
}

function timeLeft(progress: Progress): string[] {
  return progress.secondsLeft === undefined ? [] : [`${clockText(progress.secondsLeft)} left`];
}
