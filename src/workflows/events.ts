import type { DataReport } from "../data/report.js";

/** What a run tells while it goes on; a terminal, a server or a log listens. */
export interface RunEvents {
  data?(facts: DataFacts): void;
  model?(facts: ModelFacts): void;
  runtime?(facts: { readonly description: string }): void;
  /** Something worth a line. */
  note?(text: string): void;
  progress?(progress: RunProgress): void;
  evaluation?(row: EvaluationRow): void;
  saved?(facts: SavedFacts): void;
}

export interface DataFacts {
  readonly report: DataReport;
  /** Which column holds what, and how it was found. */
  readonly columns: readonly { readonly role: string; readonly column: string; readonly by: string }[];
  readonly task: string;
  /** Why the task is taken for this one, where it was not named. */
  readonly taskBecause: string | undefined;
  readonly maxLength: number;
}

export interface ModelFacts {
  readonly name: string;
  /** `BERT, 4 layers x 256`. */
  readonly description: string;
  readonly parameterCount: number;
  /** `text-classification, 9 labels`. */
  readonly problem: string;
  /** Parameters that the checkpoint does not have; they start anew. */
  readonly newParameters: readonly string[];
  /** What the checkpoint has and this task does not use. */
  readonly unusedWeights: readonly string[];
}

export interface RunProgress {
  readonly phase: "train" | "evaluate" | "encode" | "download";
  readonly done: number;
  readonly total: number;
  readonly epoch?: number;
  readonly epochs?: number;
  readonly loss?: number;
  readonly learningRate?: number;
  readonly tokensPerSecond?: number;
}

export interface EvaluationRow {
  readonly epoch: number;
  readonly step: number;
  readonly trainLoss: number | undefined;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly primaryMetric: string;
  /** Whether it is the best so far. */
  readonly best: boolean;
}

export interface SavedFacts {
  readonly directory: string;
  /** What else lies there: `model card`, `curve`, ... to file names. */
  readonly files: Readonly<Record<string, string>>;
}

/** What every workflow may be given beside its options. */
export interface RunContext {
  readonly events?: RunEvents;
  /** Aborted to end the run after the step at hand; what was done is saved. */
  readonly signal?: AbortSignal;
}
