/**
 * The files that Python's Trainer (transformers 5.23) leaves beside a model, so that what reads its runs reads
 * ours: trainer_state.json, train_results.json, eval_results.json, all_results.json. Python's names stand only here.
 */
import type { JsonObject } from "../base/index.js";
import { pythonName, sortedJson } from "./python-json.js";

/** What a whole training run came to. */
export interface TrainResult {
  readonly epoch: number;
  /** The mean over all steps of this run. */
  readonly loss: number;
  readonly seconds: number;
  /** Rows of the training file. */
  readonly rowCount: number;
  /** Rows trained on, counted in every epoch. */
  readonly rowsSeen: number;
  readonly stepCount: number;
  readonly tokensSeen?: number | undefined;
}

/** What an evaluation came to. */
export interface EvaluationResult {
  /** How far training was; left out where a finished model is evaluated. */
  readonly epoch?: number | undefined;
  readonly loss?: number | undefined;
  /** By our names or Python's: `macroF1` and `macro_f1` are written alike. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly rowCount: number;
  readonly batchCount: number;
}

/** A line of the run's history. */
export type HistoryEntry =
  | {
      readonly kind: "train";
      readonly epoch: number;
      readonly step: number;
      /** The mean since the last such entry. */
      readonly loss: number;
      readonly gradientNorm?: number | undefined;
      readonly learningRate: number;
    }
  | { readonly kind: "evaluation"; readonly step: number; readonly result: EvaluationResult }
  | { readonly kind: "end"; readonly step: number; readonly result: TrainResult };

/** Where a run stands, or how it ended. */
export interface RunState {
  readonly epoch: number;
  readonly step: number;
  readonly maxSteps: number;
  readonly epochCount: number;
  readonly batchSize: number;
  /** How many steps lie between two log entries, evaluations, checkpoints; left out where epochs rule. */
  readonly loggingSteps?: number | undefined;
  readonly evaluationSteps?: number | undefined;
  readonly saveSteps?: number | undefined;
  readonly tokensSeen?: number | undefined;
  readonly best?:
    | { readonly metric: number; readonly step: number; readonly checkpoint?: string | undefined }
    | undefined;
  readonly history: readonly HistoryEntry[];
}

const defaultInterval = 500; // what Python writes where epochs rule

/** `trainer_state.json`; Python's `TrainerState.load_from_json` reads it. */
export function trainerStateText(state: RunState): string {
  const python: JsonObject = {
    best_global_step: state.best?.step ?? null,
    best_metric: state.best?.metric ?? null,
    best_model_checkpoint: state.best?.checkpoint ?? null,
    epoch: state.epoch,
    eval_steps: state.evaluationSteps ?? defaultInterval,
    global_step: state.step,
    is_hyper_param_search: false,
    is_local_process_zero: true,
    is_world_process_zero: true,
    log_history: state.history.map(historyEntry),
    logging_steps: state.loggingSteps ?? defaultInterval,
    max_steps: state.maxSteps,
    num_input_tokens_seen: state.tokensSeen ?? 0,
    num_train_epochs: Math.ceil(state.epochCount),
    save_steps: state.saveSteps ?? defaultInterval,
    stateful_callbacks: {},
    total_flos: 0, // not counted
    train_batch_size: state.batchSize,
    trial_name: null,
    trial_params: null,
  };
  return `${sortedJson(python, 2)}\n`;
}

/** The content of `train_results.json`. */
export function trainResults(result: TrainResult): Record<string, number> {
  return { ...trainSpeed(result), train_samples: result.rowCount };
}

/** The content of `eval_results.json`; with the prefix `predict` or `test`, of the file of that name. */
export function evaluationResults(
  result: EvaluationResult,
  prefix: "eval" | "predict" | "test" = "eval",
): Record<string, number> {
  return { ...evaluationSpeed(result, prefix), [`${prefix}_samples`]: result.rowCount };
}

/** The text of a results file. Several results together make `all_results.json`: of one name the last one counts. */
export function resultsText(...results: readonly Readonly<Record<string, number>>[]): string {
  return sortedJson(Object.assign({}, ...results), 4);
}

function historyEntry(entry: HistoryEntry): JsonObject {
  if (entry.kind === "evaluation") return { ...evaluationSpeed(entry.result, "eval"), step: entry.step };
  if (entry.kind === "end") return { ...trainSpeed(entry.result), step: entry.step };
  return {
    epoch: entry.epoch,
    step: entry.step,
    loss: entry.loss,
    ...(entry.gradientNorm === undefined ? {} : { grad_norm: entry.gradientNorm }),
    learning_rate: entry.learningRate,
  };
}

function trainSpeed(result: TrainResult): Record<string, number> {
  return {
    epoch: result.epoch,
    train_loss: result.loss,
    ...speed("train", result.seconds, {
      samples: result.rowsSeen,
      steps: result.stepCount,
      ...(result.tokensSeen === undefined ? {} : { tokens: result.tokensSeen }),
    }),
  };
}

function evaluationSpeed(result: EvaluationResult, prefix: string): Record<string, number> {
  const metrics = Object.entries(result.metrics).map(([name, value]) => [
    prefixed(prefix, pythonName(name)),
    value,
  ]);
  return {
    ...(result.epoch === undefined ? {} : { epoch: result.epoch }),
    ...(result.loss === undefined ? {} : { [`${prefix}_loss`]: result.loss }),
    ...Object.fromEntries(metrics),
    ...speed(prefix, result.seconds, { samples: result.rowCount, steps: result.batchCount }),
  };
}

/** Python's `speed_metrics`, with its rounding; no rates where no time passed. */
function speed(
  prefix: string,
  seconds: number,
  counts: Readonly<Record<string, number>>,
): Record<string, number> {
  const rates = Object.entries(counts).map(([name, count]) => [
    `${prefix}_${name}_per_second`,
    round(count / seconds, 3),
  ]);
  return { [`${prefix}_runtime`]: round(seconds, 4), ...(seconds > 0 ? Object.fromEntries(rates) : {}) };
}

function prefixed(prefix: string, name: string): string {
  return name.startsWith(`${prefix}_`) ? name : `${prefix}_${name}`;
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
