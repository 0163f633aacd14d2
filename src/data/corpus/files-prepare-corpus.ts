import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { DataError, FileError, OptionError } from "../../base/index.js";
import { removeUnfinished, writeDirectoryAtomically } from "../../hub/index.js";
import type { Tokenizer, TokenizerFiles } from "../../tokenizers/index.js";
import { checkFile } from "../files.js";
import { Cleaning, type CleaningOptions } from "./cleaning.js";
import { corpusFiles, corpusVersion } from "./corpus-record.js";
import { CorpusTally } from "./corpus-report.js";
import { countNames, type EncodedDocuments } from "./encode-documents.js";
import { CorpusWriter } from "./files-corpus-writer.js";
import { type ReadDocumentsOptions, readDocuments } from "./files-documents.js";
import { openCorpus, type StoredCorpus } from "./files-stored-corpus.js";
import { type FileReport, PlaceCounter, type RawDocument } from "./raw-document.js";
import { sketchSize } from "./text-sketch.js";
import { encodeInThreads } from "./worker-pool-encode.js";

/** What a corpus is made of, and how. */
export interface PrepareCorpusOptions extends ReadDocumentsOptions, CleaningOptions {
  /** Paths of text, JSONL or Parquet files; their order is that of the corpus. */
  readonly files: readonly string[];
  readonly tokenizer: Tokenizer;
  /** The folder that the corpus is written to. */
  readonly directory: string;
  /** Replace another corpus that is there already. Default false. */
  readonly overwrite?: boolean;
  /** How many threads encode; the bytes do not depend on it. Default: as many as there are cores. */
  readonly threads?: number;
}

/** How far a corpus has come. */
export interface PrepareCorpusProgress {
  /** Bytes that are read of the files, and of all; of a packed file no more than its size. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly documentCount: number;
  readonly tokenCount: number;
}

/** What surrounds the preparation. */
export interface PrepareCorpusContext {
  readonly onProgress?: (progress: PrepareCorpusProgress) => void;
  /** Aborted, the preparation ends with the signal's reason, and nothing is written. */
  readonly signal?: AbortSignal;
}

/** A corpus that is there. */
export interface PreparedCorpus {
  readonly corpus: StoredCorpus;
  /** Whether it was there already, made of the same texts in the same way. */
  readonly isReused: boolean;
}

/**
 * Prepare a corpus: read texts, clean them, encode them sentence by sentence, and write their tokens to a folder, in
 * memory that does not grow with the texts. A corpus that is there already, of the same texts, tokenizer and options, is
 * taken as it is; the folder is at any moment what it was or the whole new corpus.
 *
 * ```ts
 * const { corpus } = await prepareCorpus({ files: ["wiki.txt"], tokenizer, directory: "wiki-corpus" });
 * ```
 */
export async function prepareCorpus(
  options: PrepareCorpusOptions,
  context: PrepareCorpusContext = {},
): Promise<PreparedCorpus> {
  const { directory } = options;
  checkOptions(options);
  for (const path of options.files) await checkFile(path);
  const stamps = await stampsOf(options.files);
  const digest = await digestOf(options, context.signal);
  const known = await corpusIn(directory, options.overwrite === true);
  if (known?.digest === digest) return { corpus: known, isReused: true };
  known?.close();
  if (known !== undefined && options.overwrite !== true) {
    throw new OptionError(`${directory}: there is a corpus of other texts, or made in another way`, {
      hint: "name another folder, or have it replaced",
    });
  }
  await removeUnfinished(dirname(resolve(directory))).catch(() => {});
  await writeDirectoryAtomically(directory, async (temporary) => {
    await writeCorpus(temporary, digest, options, context);
    const changed = (await stampsOf(options.files)).findIndex((stamp, i) => stamp !== stamps[i]);
    if (changed >= 0) {
      throw new FileError(options.files[changed]!, "the file was changed while it was read", {
        hint: "prepare the corpus again when the file is finished",
      });
    }
  });
  return { corpus: openCorpus(directory), isReused: false };
}

function checkOptions({ files, nearDuplicates, memory }: PrepareCorpusOptions): void {
  if (files.length === 0) throw new OptionError("corpus: expected files, got none");
  if (nearDuplicates !== undefined && !(nearDuplicates > 0 && nearDuplicates <= 1)) {
    throw new OptionError(`near duplicates: expected a share above 0 and up to 1, got ${nearDuplicates}`, {
      hint: "0.8 is usual; 1 takes out what differs in signs and case only",
    });
  }
  if (memory !== undefined && !(memory >= 2 ** 20))
    throw new OptionError(`memory for cleaning: expected at least ${2 ** 20} bytes, got ${memory}`);
}

/** What changes when a file is written to. */
function stampsOf(files: readonly string[]): Promise<string[]> {
  return Promise.all(
    files.map(async (path) => {
      const { size, mtimeMs, ino } = await stat(path);
      return `${size} ${mtimeMs} ${ino}`;
    }),
  );
}

/**
 * The corpus of a folder; undefined where there is no folder, an empty one, or a damaged corpus that may be
 * overwritten.
 */
async function corpusIn(directory: string, overwrite: boolean): Promise<StoredCorpus | undefined> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [] as string[];
    throw new FileError(directory, `cannot be read as a folder: ${error.message}`);
  });
  if (names.length === 0) return undefined;
  if (names.includes(corpusFiles.record)) {
    try {
      return openCorpus(directory);
    } catch (error) {
      if (overwrite && error instanceof FileError) return undefined;
      throw error;
    }
  }
  throw new FileError(
    directory,
    `expected a prepared corpus or nothing, found ${names.slice(0, 3).join(", ")}`,
    {
      hint: "name a new folder for the corpus: what is in this one would be lost",
    },
  );
}

/** Of everything that decides the content: the texts, the tokenizer, and the options. */
async function digestOf(options: PrepareCorpusOptions, signal: AbortSignal | undefined): Promise<string> {
  const { files, tokenizer, textColumn = "text", jsonl = false, onBadText = "skip" } = options;
  const { duplicates = true, duplicateLines = false, nearDuplicates = 0, memory = 0 } = options;
  const texts: string[] = [];
  for (const path of files) texts.push(await fileDigest(path, signal));
  const reading = {
    textColumn,
    jsonl,
    onBadText,
    endings: files.map((path) => /(\.[^./\\]*)?(\.gz)?$/i.exec(path)![0]),
  };
  const cleaning = { duplicates, duplicateLines, nearDuplicates, memory };
  const all = { corpusVersion, texts, reading, cleaning, tokenizer: tokenizerDigest(tokenizer.toFiles()) };
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}

async function fileDigest(path: string, signal: AbortSignal | undefined): Promise<string> {
  const sum = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    signal?.throwIfAborted();
    sum.update(chunk);
  }
  return sum.digest("hex");
}

function tokenizerDigest(files: TokenizerFiles): string {
  const sum = createHash("sha256");
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    sum.update(`${name}\n${Buffer.byteLength(content)}\n`).update(content);
  return sum.digest("hex");
}

async function writeCorpus(
  folder: string,
  digest: string,
  options: PrepareCorpusOptions,
  { onProgress, signal }: PrepareCorpusContext,
): Promise<void> {
  const { files, tokenizer, threads = availableParallelism() } = options;
  const cleaning = new Cleaning(options);
  const tally = new CorpusTally();
  const reports: FileReport[] = [];
  const cut = new PlaceCounter();
  const totalBytes = (await Promise.all(files.map((path) => stat(path)))).reduce(
    (sum, { size }) => sum + size,
    0,
  );
  const writer = await CorpusWriter.open(folder, tokenizer.vocabularySize);
  try {
    let doneBytes = 0;
    const documents = readDocuments(files, options, {
      cut,
      onBytes: (bytes) => {
        doneBytes = bytes;
      },
      onFile: (report) => reports.push(report),
    });
    const batches = batchesOf(cleaned(documents, cleaning));
    const withSketches = options.nearDuplicates !== undefined;
    for await (const [batch, encoded] of encodeInThreads(batches, { tokenizer, threads, withSketches })) {
      signal?.throwIfAborted();
      const kept = keepDocuments(batch, encoded, cleaning, tally);
      await writer.append(kept.ids, kept.begins, kept.lengths);
      const { documentCount, tokenCount } = tally;
      onProgress?.({ doneBytes, totalBytes, documentCount, tokenCount });
    }
    const report = tally.report({ files: reports, removed: cleaning.report(), cutDocuments: { ...cut } });
    const { documentCount, tokenCount } = report;
    if (documentCount === 0) {
      const found = reports.reduce((sum, file) => sum + file.documentCount, 0);
      throw new DataError(
        `corpus: expected texts, found ${found === 0 ? "none" : `${found} without a token`}`,
        {
          hint: `is it the right file? ${files[0]}`,
        },
      );
    }
    const { vocabularySize } = tokenizer;
    await writer.finish({ digest, vocabularySize, tokenCount, documentCount, report });
  } finally {
    await writer.close();
  }
}

async function* cleaned(
  documents: AsyncIterable<RawDocument>,
  cleaning: Cleaning,
): AsyncGenerator<RawDocument> {
  for await (const document of documents) {
    const text = cleaning.clean(document);
    if (text !== undefined) yield { ...document, text };
  }
}

/** UTF-16 units of the documents that are encoded at once. */
const batchSize = 2 ** 17;

async function* batchesOf(documents: AsyncIterable<RawDocument>): AsyncGenerator<RawDocument[]> {
  let batch: RawDocument[] = [];
  let size = 0;
  for await (const document of documents) {
    batch.push(document);
    size += document.text.length;
    if (size < batchSize) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** The tokens of the documents of a batch that stay. */
function keepDocuments(
  batch: readonly RawDocument[],
  { ids, begins, counts, sketches }: EncodedDocuments,
  cleaning: Cleaning,
  tally: CorpusTally,
): { ids: Int32Array; begins: Uint8Array; lengths: number[] } {
  const lengths: number[] = [];
  let [from, to] = [0, 0];
  batch.forEach(({ text, place }, i) => {
    const own = counts.subarray(i * countNames.length, (i + 1) * countNames.length);
    const length = own[0]!;
    const sketch = sketches.subarray(i * sketchSize, (i + 1) * sketchSize);
    if (cleaning.keeps(place, length, sketch)) {
      ids.copyWithin(to, from, from + length);
      begins.copyWithin(to, from, from + length);
      lengths.push(length);
      to += length;
      tally.add(own, text);
    }
    from += length;
  });
  return { ids: ids.subarray(0, to), begins: begins.subarray(0, to), lengths };
}
