import type { CorpusReport } from "../data/corpus/corpus-report.js";
import type { KnownDocuments } from "../data/corpus/known-documents.js";
import type { DataReport } from "../data/report.js";

/** What a run tells while it goes on; a terminal, a server or a log listens. */
export interface RunEvents {
  data?(facts: DataFacts): void;
  /** What is learnt from, where that is text without labels. */
  corpora?(facts: CorporaFacts): void;
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

/** What a corpus is made of and came to. */
export interface CorpusFacts {
  /** The files and patterns that it was asked for by. */
  readonly name: string;
  readonly use: "train" | "validation";
  /** How often rows are drawn from it, beside others. */
  readonly weight: number | undefined;
  /** Whether it was there from an earlier run. */
  readonly isReused: boolean;
  readonly report: CorpusReport;
}

export interface CorporaFacts {
  /** Those that are learnt from first. */
  readonly corpora: readonly CorpusFacts[];
  readonly objective: string;
  /** Tokens of a row with the special ones, and of running text in it. */
  readonly maxLength: number;
  readonly rowLength: number;
  /** Rows after which every training corpus was read once. */
  readonly epochRowCount: number;
  /** How many times the run reads each training corpus. */
  readonly times: readonly number[];
  /** The share of tokens that find no room in a row beside separators. */
  readonly lostRate: number;
  /** Rows that the model is tried on, of how many there are; undefined where no text is held out. */
  readonly heldOut: { readonly rowCount: number; readonly total: number } | undefined;
  /** What of it is learnt from too. */
  readonly known: KnownDocuments | undefined;
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
  readonly phase: "train" | "evaluate" | "encode" | "download" | "features" | "teach" | "compare" | "prepare";
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
