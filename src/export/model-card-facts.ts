import type { Json } from "../base/index.js";

/** What a model was fine-tuned for. */
export type CardTask =
  | "text-classification"
  | "token-classification"
  | "question-answering"
  | "multiple-choice"
  | "language-modelling"
  | "masked-language-modelling"
  | "translation"
  | "summarisation"
  | "dialogue"
  | "pre-training";

/** An input to show how the model is used. */
export type ExampleInput =
  | { readonly text: string; readonly textPair?: string | undefined }
  | { readonly question: string; readonly context: string }
  | { readonly prompt: string; readonly choices: readonly string[] };

/** A file the run read. */
export interface DatasetFacts {
  readonly file: string;
  /** Its id on the Hub, where it is there. */
  readonly hubId?: string | undefined;
  readonly rowCount: number;
  /** Rows of each label, in the labels' order; words or entities where those carry the labels. */
  readonly labelCounts?: Readonly<Record<string, number>> | undefined;
  readonly skippedRowCount?: number | undefined;
  readonly lengths?: LengthFacts | undefined;
}

/** A corpus of running text that a model was pre-trained on, or tried on. */
export interface CorpusCardFacts {
  readonly file: string;
  readonly isHeldOut: boolean;
  /** How often rows were drawn from it, beside others. */
  readonly weight?: number | undefined;
  readonly documentCount: number;
  readonly tokenCount: number;
  readonly characterCount: number;
  /** The share of unknown tokens. */
  readonly unknownRate: number;
  /** Documents and lines that were left out, as repetitions or without text. */
  readonly removedCount: number;
}

/** Lengths in tokens. */
export interface LengthFacts {
  readonly median: number;
  readonly percentile95: number;
  readonly longest: number;
  readonly maxLength: number;
  readonly truncatedCount: number;
  /** The share of unknown tokens. */
  readonly unknownRate: number;
}

/** An evaluation during training. */
export interface EpochFacts {
  readonly epoch: number;
  readonly step: number;
  readonly trainLoss?: number | undefined;
  readonly evaluationLoss?: number | undefined;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The scores of one label. */
export interface LabelFacts {
  readonly label: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** The same metric over runs that differ in their seed only. */
export interface SeedFacts {
  readonly seeds: readonly number[];
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly mean: number;
        readonly deviation?: number | undefined;
        readonly interval?: { readonly low: number; readonly high: number } | undefined;
      }
    >
  >;
}

/** The machine and programs of the run, and what it took. */
export interface EnvironmentFacts {
  /** Versions by name: `{ tsugiki: "0.1.0", "onnxruntime-node": "1.30.0", node: "22.1.0" }`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly machine?: string | undefined;
  readonly runtime?: string | undefined;
  readonly threadCount?: number | undefined;
  readonly seconds?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  readonly peakMemoryBytes?: number | undefined;
  /** The day of the run: `2026-11-23`. */
  readonly date?: string | undefined;
}

/** Everything a model card can say, all of it measured or given; what is left out leaves its line out. */
export interface ModelCardFacts {
  readonly name: string;
  readonly task: CardTask;
  /** Where the model lies, as the commands of the card name it. Default: the name. */
  readonly directory?: string | undefined;
  readonly baseModel?:
    | { readonly name: string; readonly onHub: boolean; readonly revision?: string | undefined }
    | undefined;
  readonly architecture?:
    | {
        readonly name: string;
        readonly layerCount: number;
        readonly hiddenSize: number;
        readonly parameterCount: number;
      }
    | undefined;
  /** ISO 639-1 codes. */
  readonly languages?: readonly string[] | undefined;
  readonly license?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly example?: ExampleInput | undefined;
  readonly train?: DatasetFacts | undefined;
  readonly evaluation?: DatasetFacts | undefined;
  readonly corpora?: readonly CorpusCardFacts[] | undefined;
  /** Held-out documents that are learnt from too. */
  readonly knownDocumentCount?: number | undefined;
  /** Rows of the evaluation file that also occur in training. */
  readonly overlapCount?: number | undefined;
  readonly labelsOnlyInEvaluation?: readonly string[] | undefined;
  readonly epochs?: readonly EpochFacts[] | undefined;
  readonly best?: { readonly step: number; readonly metricName: string } | undefined;
  /** The metrics of the model as it was saved, on the evaluation file. */
  readonly metrics?: Readonly<Record<string, number>> | undefined;
  readonly byLabel?: readonly LabelFacts[] | undefined;
  readonly confusions?:
    | readonly { readonly truth: string; readonly predicted: string; readonly count: number }[]
    | undefined;
  readonly seeds?: SeedFacts | undefined;
  /** All options as they were in force. */
  readonly options?: Readonly<Record<string, Json | undefined>> | undefined;
  readonly environment?: EnvironmentFacts | undefined;
  /** Picture files beside the card. */
  readonly pictures?:
    | { readonly trainingCurve?: string | undefined; readonly confusionMatrix?: string | undefined }
    | undefined;
}
