import { FileError, isJsonObject, parseJsonObject } from "../../base/index.js";
import type { CorpusReport } from "./corpus-report.js";

/** The files of a corpus. Numbers are little endian. */
export const corpusFiles = {
  /** What there is; written last. */
  record: "corpus.json",
  /** The ids, of 2 or 4 bytes, unsigned. */
  tokens: "tokens.bin",
  /** A byte a token: see `Stretch.begins`. */
  begins: "begins.bin",
  /** Where each document begins, in tokens, and where the last one ends: 64-bit unsigned integers. */
  documents: "documents.bin",
} as const;

/** Changes whenever the same texts would become other bytes. */
export const corpusVersion = 2;

const formatName = "tsugiki-corpus";

/** Bytes of an offset in documents.bin. */
export const offsetSize = 8;

/** What corpus.json holds. */
export interface CorpusRecord {
  readonly digest: string;
  readonly tokenBytes: 2 | 4;
  readonly vocabularySize: number;
  readonly tokenCount: number;
  readonly documentCount: number;
  readonly report: CorpusReport;
}

/** The text of corpus.json. */
export function writeCorpusRecord(record: CorpusRecord): string {
  return `${JSON.stringify({ format: formatName, version: corpusVersion, ...record }, null, 2)}\n`;
}

/** Read corpus.json. */
export function readCorpusRecord(text: string, path: string): CorpusRecord {
  const record = parseJsonObject(text, path);
  if (record["format"] !== formatName) {
    throw new FileError(
      path,
      `expected the record of a corpus, got format ${JSON.stringify(record["format"])}`,
    );
  }
  if (record["version"] !== corpusVersion) {
    throw new FileError(
      path,
      `expected a corpus of version ${corpusVersion}, got ${JSON.stringify(record["version"])}`,
      {
        hint: "prepare the corpus again with this version of the program",
      },
    );
  }
  const { digest, tokenBytes, vocabularySize, tokenCount, documentCount, report } = record;
  const isWhole =
    typeof digest === "string" &&
    (tokenBytes === 2 || tokenBytes === 4) &&
    [vocabularySize, tokenCount, documentCount].every(
      (count) => Number.isSafeInteger(count) && Number(count) >= 0,
    ) &&
    isJsonObject(report);
  if (!isWhole) {
    throw new FileError(path, "expected digest, tokenBytes (2 or 4), counts and report, got something else", {
      hint: "the file is damaged; prepare the corpus again",
    });
  }
  return record as unknown as CorpusRecord;
}
