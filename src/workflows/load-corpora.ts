import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OptionError } from "../base/index.js";
import type { WeightedCorpus } from "../data/corpus/corpus-rows.js";
import { prepareCorpus } from "../data/corpus/files-prepare-corpus.js";
import type { StoredCorpus } from "../data/corpus/files-stored-corpus.js";
import { findKnownDocuments, type KnownDocuments } from "../data/corpus/known-documents.js";
import { splitCorpus } from "../data/corpus/split-corpus.js";
import type { TokenCorpus } from "../data/corpus/token-corpus.js";
import type { TextPerToken } from "../tasks/pretraining/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { CorpusFacts, RunContext } from "./events.js";
import { globFiles } from "./glob-files.js";
import type { FilledPretrainOptions } from "./options.js";

/** The corpora of a run. */
export interface LoadedCorpora {
  readonly train: readonly WeightedCorpus[];
  /** What is held out of them, or beside them; empty where nothing is. */
  readonly validation: readonly TokenCorpus[];
  readonly facts: readonly CorpusFacts[];
  /** What of the held-out text is learnt from too; undefined where nothing is held out. */
  readonly known: KnownDocuments | undefined;
  /** What they take on the disk. */
  readonly byteCount: number;
  /** How much text a token stands for, of the held-out files, or of those that some is held out of. */
  readonly textPerToken: TextPerToken;
  /** Close their files; nothing can be read any more. */
  close(): Promise<void>;
}

/** A corpus to be prepared. */
interface CorpusPlan {
  readonly folder: string;
  readonly patterns: readonly string[];
  readonly use: CorpusFacts["use"];
  readonly weight?: number;
}

/** Prepare the corpora of a run, or take those of an earlier one, and set aside what is held out. */
export async function loadCorpora(
  options: FilledPretrainOptions,
  tokenizer: Tokenizer,
  context: RunContext,
): Promise<LoadedCorpora> {
  const plans = planCorpora(options);
  // a dry run leaves nothing behind
  const isPassing = options.dryRun && options.corpusDirectory === undefined;
  const directory = isPassing
    ? await mkdtemp(join(tmpdir(), "tsugiki-corpus-"))
    : (options.corpusDirectory ?? join(options.outputDirectory, "corpus"));
  const opened: StoredCorpus[] = [];
  const close = async (): Promise<void> => {
    for (const corpus of opened) corpus.close();
    if (isPassing) await rm(directory, { recursive: true, force: true });
  };
  try {
    const facts: CorpusFacts[] = [];
    const train: WeightedCorpus[] = [];
    const validation: TokenCorpus[] = [];
    for (const { folder, patterns, use, weight } of plans) {
      const place = join(directory, folder);
      const { corpus, isReused } = await prepare(options, patterns, place, tokenizer, context);
      opened.push(corpus);
      facts.push({ name: patterns.join(", "), use, weight, isReused, report: corpus.report });
      const share = options.validationSplit;
      const parts = use === "train" && share !== undefined ? splitCorpus(corpus, { last: share }) : undefined;
      if (parts !== undefined) validation.push(parts.validation);
      if (use === "validation") validation.push(corpus);
      else train.push({ corpus: parts?.train ?? corpus, ...(weight === undefined ? {} : { weight }) });
    }
    const known = await knownDocuments(train, validation, context);
    const byteCount = opened.reduce((sum, corpus) => sum + corpus.byteCount, 0);
    return { train, validation, facts, known, byteCount, textPerToken: textPerToken(facts), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function knownDocuments(
  train: readonly WeightedCorpus[],
  validation: readonly TokenCorpus[],
  { events, signal }: RunContext,
): Promise<KnownDocuments | undefined> {
  if (validation.length === 0) return undefined;
  return findKnownDocuments(
    train.map(({ corpus }) => corpus),
    validation,
    {
      onProgress: (done, total) => events?.progress?.({ phase: "compare", done, total }),
      ...(signal === undefined ? {} : { signal }),
    },
  );
}

function textPerToken(facts: readonly CorpusFacts[]): TextPerToken {
  const heldOut = facts.filter(({ use }) => use === "validation");
  const reports = (heldOut.length > 0 ? heldOut : facts).map(({ report }) => report);
  const total = (key: "tokenCount" | "characterCount" | "byteCount"): number =>
    reports.reduce((sum, report) => sum + report[key], 0);
  return {
    characters: total("characterCount") / total("tokenCount"),
    bytes: total("byteCount") / total("tokenCount"),
  };
}

/** Which corpora there are: with weights one for each `--train-file`, else one for all. */
function planCorpora({ train, weights, validation, validationSplit }: FilledPretrainOptions): CorpusPlan[] {
  if (weights !== undefined && weights.length !== train.length)
    throw new OptionError(
      `--weights: expected one for each --train-file (${train.length}), got ${weights.length}`,
      {
        hint: "a pattern counts once, whatever files it names",
      },
    );
  if (validation !== undefined && validationSplit !== undefined)
    throw new OptionError("--validation-split: the run has a validation file already", {
      hint: "leave one of the two out",
    });
  const learnt: CorpusPlan[] =
    weights === undefined
      ? [{ folder: "train", patterns: train, use: "train" }]
      : weights.map((weight, i) => ({
          ...{ folder: `train-${i + 1}`, patterns: [train[i]!], use: "train", weight },
        }));
  if (validation === undefined) return learnt;
  return [...learnt, { folder: "validation", patterns: validation, use: "validation" }];
}

async function prepare(
  options: FilledPretrainOptions,
  patterns: readonly string[],
  directory: string,
  tokenizer: Tokenizer,
  { events, signal }: RunContext,
): Promise<{ readonly corpus: StoredCorpus; readonly isReused: boolean }> {
  const { textColumn, jsonl, deduplicate, deduplicateLines, nearDuplicates, threads } = options;
  return prepareCorpus(
    {
      files: await globFiles(patterns),
      ...{ tokenizer, directory, textColumn, duplicates: deduplicate, duplicateLines: deduplicateLines },
      // a run's own folder is the run's to write over
      overwrite: options.overwrite || options.corpusDirectory === undefined,
      ...(jsonl === undefined ? {} : { jsonl }),
      ...(nearDuplicates === undefined ? {} : { nearDuplicates }),
      ...(threads === undefined ? {} : { threads }),
    },
    {
      onProgress: ({ doneBytes, totalBytes }) =>
        events?.progress?.({ phase: "encode", done: doneBytes, total: totalBytes }),
      ...(signal === undefined ? {} : { signal }),
    },
  );
}
