import { median } from "./median.js";
import type { DatedRecord } from "./tables.js";

/** How many times as fast ours was as a peer, in one record. */
export interface Comparison {
  /** The work, as one would say it: `training step, BERT-base`. */
  readonly work: string;
  readonly peer: string;
  /** The peer's seconds by ours: above one, ours was faster. */
  readonly ratio: number;
}

/** What the records of each bench compare, in the order in which they are shown. */
export const comparisonsOf: Readonly<Record<string, (record: never) => Comparison[]>> = {
  "train-step": ({ results }: StepRecord) => [
    ...steps("training step, BERT-base", results, "ours", "pytorch", "PyTorch"),
    ...steps("the same, OpenVINO", results, "openvino", "pytorch", "PyTorch"),
    ...steps("the same, OpenVINO, bf16", results, "openvino-bf16", "pytorch-bf16", "PyTorch, bf16"),
  ],
  "fine-tune-sst2": ({ job, comparison }: FineTuningRecord) =>
    job.threads === 1
      ? [] // runs for their accuracy
      : comparison.flatMap(({ ours, peer, wallRatio }) => {
          const isBf16 = ours.startsWith("ours-bf16");
          const isPair = peer !== (isBf16 ? "trainer-grouped" : "trainer-bf16");
          const work = `a whole fine-tuning, SST-2${fineTuningForms[ours]!}`;
          return isPair ? [{ work, peer: trainers[peer]!, ratio: 1 / wallRatio }] : [];
        }),
  pretraining: ({ workload, results }: StepRecord) =>
    steps(
      `masked-LM step, ${workload["hidden"] === "768" ? "BERT-base" : "BERT-mini"}`,
      ...([results, "ours", "pytorch", "PyTorch"] as const),
    ),
  "lstm-step": ({ results }: StepRecord) => [
    ...steps("training step, LSTM language model", results, "ours", "pytorch", "PyTorch"),
    ...steps("the same, OpenVINO", results, "openvino", "pytorch", "PyTorch"),
  ],
  generation: ({ results }: GenerationRecord) =>
    results.map(({ beams, speeds }) => ({
      work: `GPT-2 small writes, ${beams === 1 ? "greedy" : `${beams} beams`}`,
      peer: "transformers",
      ratio: speeds["ours"]!.median / speeds["transformers"]!.median,
    })),
  embeddings: ({ results }: EmbeddingsRecord) =>
    (["batches", "single"] as const).flatMap((form) =>
      [
        ["ours", "transformers.js"],
        ["ours", "sentence-transformers"],
        ["ours-int8", "transformers.js-q8"],
        ["ours-openvino-bf16", "transformers.js"],
        ["ours-openvino-bf16", "sentence-transformers"],
      ].flatMap(([own, peer]) => {
        const work = `embeddings, ${form === "single" ? "one at a time" : form}${embeddingForms[own!]}`;
        // processor time, which other work beside it hardly changes
        const spent = (side: string): readonly number[] => results[side]?.[form].processorSeconds ?? [];
        return times(work, peer!, spent(own!), spent(peer!));
      }),
    ),
  "cold-start": ({ seconds }: { readonly seconds: { readonly ours: number[]; readonly python: number[] } }) =>
    times("one prediction from nothing", "transformers", seconds.ours, seconds.python),
  tokenizers: ({ job, results }: TokenizersRecord) => {
    const secondsOf = (side: string): number[] => (results[side] ?? []).map(({ seconds }) => seconds);
    // batches on all cores were timed on machines of any load: the table of bench/README.md has them
    if (job.startsWith("encode a batch")) return [];
    return ["Python, encode", "Python", "MeCab, its text", "kuromoji"].flatMap((peer) =>
      times(job, peerOf(job, peer), secondsOf("ours"), secondsOf(peer)),
    );
  },
};

interface StepRecord extends DatedRecord {
  readonly workload: Readonly<Record<string, string>>;
  readonly results: Readonly<Record<string, { readonly seconds: number }>>;
}

interface FineTuningRecord extends DatedRecord {
  readonly job: { readonly threads: number };
  readonly comparison: readonly {
    readonly ours: string;
    readonly peer: string;
    readonly wallRatio: number;
  }[];
}

interface GenerationRecord extends DatedRecord {
  readonly results: readonly {
    readonly beams: number;
    readonly speeds: Readonly<Record<string, { readonly median: number }>>;
  }[];
}

interface EmbeddingsRecord extends DatedRecord {
  readonly results: Readonly<
    Record<string, Readonly<Record<"batches" | "single", { readonly processorSeconds: readonly number[] }>>>
  >;
}

interface TokenizersRecord extends DatedRecord {
  readonly job: string;
  readonly results: Readonly<Record<string, readonly { readonly seconds: number }[]>>;
}

const embeddingForms: Readonly<Record<string, string>> = {
  ours: "",
  "ours-int8": ", int8",
  "ours-openvino-bf16": ", OpenVINO, bf16",
};

const fineTuningForms: Readonly<Record<string, string>> = {
  ours: "",
  "ours-openvino": ", OpenVINO",
  "ours-bf16": ", bf16",
  "ours-bf16-packed": ", bf16, packed",
};

const trainers: Readonly<Record<string, string>> = {
  trainer: "Trainer",
  "trainer-grouped": "Trainer, by length",
  "trainer-bf16": "Trainer, bf16",
};

const peerTokenizers: Readonly<Record<string, string>> = {
  "Python, encode": "tokenizers",
  Python: "tokenizers",
  "MeCab, its text": "MeCab",
};

function peerOf(job: string, side: string): string {
  return job.startsWith("learn unigram") ? "SentencePiece" : (peerTokenizers[side] ?? side);
}

function steps(
  work: string,
  results: StepRecord["results"],
  own: string,
  other: string,
  peer: string,
): Comparison[] {
  const [ours, theirs] = [results[own], results[other]];
  return ours === undefined || theirs === undefined
    ? []
    : [{ work, peer, ratio: theirs.seconds / ours.seconds }];
}

function times(work: string, peer: string, ours: readonly number[], theirs: readonly number[]): Comparison[] {
  if (ours.length === 0 || theirs.length === 0) return [];
  return [{ work, peer, ratio: median(theirs) / median(ours) }];
}
