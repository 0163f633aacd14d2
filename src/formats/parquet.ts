import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors as all } from "hyparquet-compressors";
import { FileError, internal, type Json } from "../base/index.js";
import { columnsOf, type Row, type RowSet } from "./row.js";

/** More rows than any set of labelled text has; a damaged or hostile header can promise any number. */
const mostRows = 50_000_000;

// without Brotli, which hardly anyone writes and whose decoder can run forever on damaged bytes
const { BROTLI: _, ...compressors } = all;

/** Parquet begins and ends with these bytes: "PAR1". */
const magic = [0x50, 0x41, 0x52, 0x31];

/** Read the rows of a Parquet file. 64-bit integers become numbers where they fit exactly, else text. */
export async function readParquet(bytes: Uint8Array, path: string): Promise<RowSet> {
  if (!hasMagic(bytes, 0) || !hasMagic(bytes, bytes.length - 4)) {
    throw new FileError(path, 'expected a Parquet file, which begins and ends with "PAR1"', {
      hint: "the file is cut off or of another kind; copy or download it again",
    });
  }
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  let objects: Record<string, unknown>[];
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const count = Number(metadata.num_rows);
    if (!(count >= 0 && count <= mostRows)) throw new Error(`it claims ${count} rows`);
    objects = await readObjects(buffer, metadata);
  } catch (error) {
    throw unreadable(path, error);
  }
  const rows: Row[] = objects.map((object, i) => ({ fields: plainFields(object), line: i + 1 }));
  return { path, format: "parquet", columns: columnsOf(rows), rows, skipped: [] };
}

/** Bytes that can be read anywhere. */
export interface RandomAccess {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** The values of a column, a list for each row group, of which one at a time is held. */
export async function* parquetColumn(
  file: RandomAccess,
  path: string,
  column: string,
): AsyncGenerator<Json[]> {
  try {
    const metadata = await parquetMetadataAsync(file);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    if (!names.includes(column)) {
      throw new FileError(path, `expected a column "${column}", got ${names.join(", ")}`, {
        hint: "name the column that holds the text: --text-column",
      });
    }
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const range = { columns: [column], rowStart, rowEnd };
      const objects = await parquetReadObjects({ file, metadata, compressors, ...range });
      yield objects.map((object) => plain(object[column]));
      rowStart = rowEnd;
    }
  } catch (error) {
    throw error instanceof FileError ? error : unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): FileError {
  return new FileError(path, `expected a readable Parquet file, got: ${(error as Error).message}`, {
    hint: "the file is damaged or uses a feature that is not supported; write it again as plain Parquet, JSONL or CSV",
    cause: error,
  });
}

/**
 * The reader starts on the first columns before it has looked at the others; where one of those is at fault it
 * gives up, and nobody listens to what then goes wrong in the first. So no bytes are handed out until it has
 * looked at all (by the next turn of the event loop), and none at all where it gave up.
 */
async function readObjects(buffer: ArrayBuffer, metadata: FileMetaData): Promise<Record<string, unknown>[]> {
  let handOut = (): void => undefined;
  const looked = new Promise<void>((resolve) => {
    handOut = resolve;
  });
  const file: AsyncBuffer = {
    byteLength: buffer.byteLength,
    slice: async (start, end) => {
      await looked;
      return buffer.slice(start, end);
    },
  };
  const timer = setTimeout(handOut, 0);
  try {
    return await parquetReadObjects({ file, metadata, compressors });
  } finally {
    clearTimeout(timer);
  }
}

function hasMagic(bytes: Uint8Array, at: number): boolean {
  return bytes.length >= 12 && magic.every((byte, i) => bytes[at + i] === byte);
}

function plainFields(object: object): Record<string, Json> {
  const fields: Record<string, Json> = Object.create(null);
  for (const [name, value] of Object.entries(object)) fields[name] = plain(value);
  return fields;
}

function plain(value: unknown): Json {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case "object":
      if (value instanceof Date) return value.toISOString();
      if (Array.isArray(value) || ArrayBuffer.isView(value)) {
        return Array.from(value as unknown as ArrayLike<unknown>, plain);
      }
      return plainFields(value);
  }
  throw internal(`a Parquet value of type ${typeof value}`);
}
