import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { FileError, internal } from "../../base/index.js";
import { type CorpusRecord, corpusFiles, offsetSize, readCorpusRecord } from "./corpus-record.js";
import type { CorpusReport } from "./corpus-report.js";
import { documentAt } from "./document-at.js";
import type { DocumentCorpus } from "./token-corpus.js";

/** A corpus on the disk, of which only what is asked for is in memory. */
export interface StoredCorpus extends DocumentCorpus {
  readonly directory: string;
  readonly vocabularySize: number;
  readonly report: CorpusReport;
  /** The size of its files of numbers. */
  readonly byteCount: number;
  /** Close its files; nothing can be read any more. */
  close(): void;
}

/**
 * Open a corpus that was prepared into a folder. Files that are missing, cut off or strange are an error.
 *
 * ```ts
 * const corpus = openCorpus("my-corpus");
 * const { ids, begins } = corpus.read(0, 512);
 * ```
 */
export function openCorpus(directory: string): StoredCorpus {
  const record = readRecord(join(directory, corpusFiles.record));
  const files = new OpenFiles(directory, record);
  const { tokenCount, documentCount, digest, tokenBytes, vocabularySize, report } = record;
  const documentStart = (document: number): number => {
    if (!(Number.isInteger(document) && document >= 0 && document <= documentCount))
      throw internal(`document ${document} of a corpus of ${documentCount}`);
    return Number(files.offset(document));
  };
  return {
    directory,
    tokenCount,
    documentCount,
    digest,
    vocabularySize,
    report,
    byteCount: tokenCount * (tokenBytes + 1) + (documentCount + 1) * offsetSize,
    documentStart,
    read: (start, length) => {
      checkPlace(start, length);
      const size = Math.max(0, Math.min(length, tokenCount - start));
      const bytes = files.read("tokens", start * tokenBytes, size * tokenBytes);
      const ids =
        tokenBytes === 2 ? Int32Array.from(new Uint16Array(bytes.buffer)) : new Int32Array(bytes.buffer);
      for (let i = 0; i < size; i++)
        if (!(ids[i]! >= 0 && ids[i]! < vocabularySize)) throw files.strangeToken(start + i, ids[i]!);
      const document = documentAt({ documentCount, documentStart }, start);
      return { start, document, ids, begins: files.read("begins", start, size) };
    },
    close: () => files.close(),
  };
}

/** Throws where a stretch is asked for that cannot be: a fault of the program. */
function checkPlace(start: number, length: number): void {
  if (!(Number.isSafeInteger(start) && start >= 0 && Number.isSafeInteger(length) && length >= 0))
    throw internal(`tokens ${start} + ${length} of a corpus`);
}

function readRecord(path: string): CorpusRecord {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (!["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw new FileError(path, "expected a prepared corpus, found none", {
      hint: "name the folder that it was prepared into",
      cause: error,
    });
  }
  return readCorpusRecord(text, path);
}

type BinaryFile = "tokens" | "begins" | "documents";

/** Offsets are read so many at a time. */
const offsetsPerBlock = 512;

/** The files of numbers, opened and of the right size. */
class OpenFiles {
  readonly #directory: string;
  readonly #descriptors = new Map<BinaryFile, number>();
  readonly #offsetCount: number;
  #block: DataView | undefined; // offsets from `#blockStart` on
  #blockStart = 0;

  constructor(directory: string, { tokenCount, tokenBytes, documentCount }: CorpusRecord) {
    this.#directory = directory;
    this.#offsetCount = documentCount + 1;
    try {
      this.#open("tokens", tokenCount * tokenBytes);
      this.#open("begins", tokenCount);
      this.#open("documents", this.#offsetCount * offsetSize);
      if (Number(this.offset(documentCount)) !== tokenCount) {
        throw this.#damage("documents", `expected the last document to end at token ${tokenCount}`);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  read(name: BinaryFile, position: number, size: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(size);
    const descriptor = this.#descriptors.get(name);
    if (descriptor === undefined) throw internal("the corpus was closed");
    for (let done = 0; done < size; ) {
      const count = readSync(descriptor, bytes, done, size - done, position + done);
      if (count === 0)
        throw this.#damage(name, `the file ended at byte ${position + done} while it was read`);
      done += count;
    }
    return bytes;
  }

  offset(document: number): bigint {
    const isThere = this.#block !== undefined && document >= this.#blockStart;
    if (!isThere || document >= this.#blockStart + this.#block!.byteLength / offsetSize) {
      this.#blockStart = document - (document % offsetsPerBlock);
      const count = Math.min(offsetsPerBlock, this.#offsetCount - this.#blockStart);
      const { buffer } = this.read("documents", this.#blockStart * offsetSize, count * offsetSize);
      this.#block = new DataView(buffer);
    }
    return this.#block!.getBigUint64((document - this.#blockStart) * offsetSize, true);
  }

  strangeToken(place: number, id: number): FileError {
    return this.#damage("tokens", `expected ids of the vocabulary, got ${id} as token ${place}`);
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }

  #open(name: BinaryFile, size: number): void {
    let descriptor: number;
    try {
      descriptor = openSync(join(this.#directory, corpusFiles[name]), "r");
    } catch (error) {
      throw this.#damage(name, `cannot be read: ${(error as Error).message}`);
    }
    this.#descriptors.set(name, descriptor);
    const found = fstatSync(descriptor).size;
    if (found !== size) {
      const counts = `${size.toLocaleString("en-US")} bytes, as ${corpusFiles.record} says`;
      throw this.#damage(name, `expected ${counts}, got ${found.toLocaleString("en-US")}`);
    }
  }

  #damage(name: BinaryFile, problem: string): FileError {
    return new FileError(join(this.#directory, corpusFiles[name]), problem, {
      hint: "the corpus is damaged or was copied in part; copy it whole, or prepare it again",
    });
  }
}
