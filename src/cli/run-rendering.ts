import { join } from "node:path";
import { metricTitle } from "../export/metric-names.js";
import type { EvaluationRow, RunEvents, RunProgress, SavedFacts } from "../workflows/events.js";
import { tellCorpora } from "./corpora-section.js";
import { dataLines, dataWarnings } from "./data-section.js";
import {
  countText,
  largeCountText,
  measureText,
  type Reporter,
  rateText,
  remainingTime,
  type SectionLine,
  speedText,
  type Table,
  visibleText,
} from "./terminal/index.js";

const phaseLabels: Readonly<Record<RunProgress["phase"], string>> = {
  train: "training",
  evaluate: "evaluation",
  encode: "reading texts",
  download: "download",
  features: "features of the frozen part",
  teach: "asking the teacher",
  compare: "looking for held-out texts in training",
  prepare: "looking into the corpus",
};

// of all that a run leaves, what a person opens first; the model card tells the rest
const shownFiles = ["model card", "curve"];

/** Tells a run to a person while it goes on. */
export interface RunRendering {
  readonly events: RunEvents;
  /** The evaluations so far, as a table; undefined before the first. */
  table(): Table | undefined;
  /** The task of the run, once it is told. */
  task(): string | undefined;
}

/** Render a run's events with a reporter; `clock` is in milliseconds, `labels` name phases otherwise. */
export function renderRun(
  reporter: Reporter,
  clock: () => number,
  labels: Partial<typeof phaseLabels> = {},
): RunRendering {
  let rows: EvaluationRow[] = [];
  let runCount = 0; // several seeds are several runs on the same data
  let task: string | undefined;
  const timeLeft = timePerPhase(clock);
  const speed = smoothed();
  return {
    events: {
      data(facts) {
        task = facts.task;
        rows = [];
        if (++runCount > 1) return;
        reporter.section("data", dataLines(facts));
        const because =
          facts.taskBecause === undefined ? [] : [`(told from ${facts.taskBecause}; --task names another)`];
        reporter.section("task", [[facts.task, ...because]]);
        for (const warning of dataWarnings(facts)) reporter.warning(warning);
      },
      corpora: (facts) => tellCorpora(reporter, facts),
      model(facts) {
        if (runCount > 1) return;
        const description = `${facts.description}, ${largeCountText(facts.parameterCount)} parameters, ${facts.problem}`;
        const lines: SectionLine[] = [[visibleText(facts.name), description]];
        if (facts.newParameters.length > 0) lines.push(["starts anew", names(facts.newParameters)]);
        if (facts.unusedWeights.length > 0) lines.push(["not used", names(facts.unusedWeights)]);
        reporter.section("model", lines);
      },
      runtime({ description }) {
        if (runCount <= 1) reporter.section("runtime", [description]);
      },
      note: (text) => reporter.line(visibleText(text)),
      progress(progress) {
        const { phase, epoch, epochs, done, total, loss, learningRate, tokensPerSecond } = progress;
        const left = timeLeft(phase, done, total);
        reporter.progress({
          label:
            epoch === undefined || epochs === undefined
              ? (labels[phase] ?? phaseLabels[phase])
              : `epoch ${epoch}/${epochs}`,
          done,
          total,
          facts: [
            ...(loss === undefined ? [] : [`loss ${measureText(loss)}`]),
            ...(learningRate === undefined ? [] : [`lr ${rateText(learningRate)}`]),
            ...(tokensPerSecond === undefined ? [] : [speedText(speed(tokensPerSecond), "tokens/s")]),
          ],
          secondsLeft: done < total ? left : undefined,
        });
      },
      evaluation(row) {
        rows.push(row);
        reporter.line(evaluationText(row));
      },
    },
    table: () => (rows.length === 0 ? undefined : evaluationTable(rows)),
    task: () => task,
  };
}

/** What a run left, to be told after its results. */
export function savedLines({ directory, files }: SavedFacts): SectionLine[] {
  const others = shownFiles
    .filter((name) => files[name] !== undefined)
    .map((name) => `${name}: ${visibleText(join(directory, files[name]!))}`);
  const place = visibleText(directory);
  return [others.length === 0 ? place : [place, `(${others.join(", ")})`]];
}

/** The evaluations of a run: epoch, losses, the first metrics, and which was best. */
export function evaluationTable(rows: readonly EvaluationRow[]): Table {
  const metrics = shownMetrics(rows[0]!);
  const best = rows.findLastIndex((row) => row.best);
  return {
    head: ["epoch", "train loss", "eval loss", ...metrics.map(metricTitle), ""],
    rows: rows.map((row, i) => [
      epochText(row.epoch),
      row.trainLoss === undefined ? "–" : measureText(row.trainLoss),
      measureText(row.loss),
      ...metrics.map((name) => measureText(row.metrics[name] ?? Number.NaN)),
      i === best ? "best" : "",
    ]),
  };
}

function evaluationText(row: EvaluationRow): string {
  return [
    `epoch ${epochText(row.epoch)}`,
    `step ${countText(row.step)}`,
    ...(row.trainLoss === undefined ? [] : [`train loss ${measureText(row.trainLoss)}`]),
    `eval loss ${measureText(row.loss)}`,
    ...shownMetrics(row).map((name) => `${metricTitle(name)} ${measureText(row.metrics[name]!)}`),
    ...(row.best ? ["best so far"] : []),
  ].join("   ");
}

/** The metric that decides, then those that the task names first. */
function shownMetrics({ metrics, primaryMetric }: EvaluationRow): string[] {
  const names = Object.keys(metrics);
  const first = names.includes(primaryMetric) ? [primaryMetric] : [];
  return [...new Set([...first, ...names])].slice(0, 3);
}

function epochText(epoch: number): string {
  return Number.isInteger(epoch) ? String(epoch) : epoch.toFixed(2);
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, 4).map(visibleText).join(", ");
  return all.length > 4 ? `${shown} and ${countText(all.length - 4)} more` : shown;
}

/** The time left of each phase: an evaluation in between is part of what training takes. */
function timePerPhase(
  clock: () => number,
): (phase: string, done: number, total: number) => number | undefined {
  const phases = new Map<string, { total: number; done: number; left: ReturnType<typeof remainingTime> }>();
  return (phase, done, total) => {
    let state = phases.get(phase);
    if (state === undefined || state.total !== total || done < state.done)
      state = { total, done, left: remainingTime(clock) };
    state.done = done;
    phases.set(phase, state);
    return state.left(done, total);
  };
}

/** A running mean in which a value counts half after about ten others: single steps are too short to be read. */
function smoothed(): (value: number) => number {
  let mean: number | undefined;
  return (value) => {
    mean = mean === undefined ? value : mean + (value - mean) * 0.067;
    return mean;
  };
}
