import { describeJson, FileError, isJsonObject, type Json, parseJsonObject } from "../base/index.js";
import { checkHeaderText } from "./safetensors-header-text.js";
import { elementTypes } from "./safetensors-types.js";

// The format: 8 bytes header length (little-endian), header (JSON), then the tensors' bytes without gaps.
// https://github.com/huggingface/safetensors#format

/** Where one tensor stands in a file. */
export interface SafetensorsEntry {
  /** The type as the format calls it, `F32`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
}

/** What a file says of itself: its tensors in the order of their bytes, and free text by name. */
export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The bytes before the header: its length as an unsigned 64-bit integer. */
export const headerLengthSize = 8;

/** The bound of the format against files that ask for absurd amounts of memory. */
const headerLengthLimit = 100_000_000;

const damagedHint = "the file is damaged or not a safetensors file; fetch or write it again";

/** The length of the header that follows, from the first 8 bytes of a file. */
export function readHeaderLength(start: Uint8Array, fileSize: number, path: string): number {
  if (fileSize < headerLengthSize || start.length < headerLengthSize) {
    throw fail(path, `expected at least ${headerLengthSize} bytes, got ${fileSize}`);
  }
  const view = new DataView(start.buffer, start.byteOffset, headerLengthSize);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(headerLengthLimit)) {
    throw fail(path, `expected a header of at most ${headerLengthLimit} bytes, got a length of ${length}`);
  }
  const available = fileSize - headerLengthSize;
  if (length > BigInt(available)) {
    throw fail(path, `the header should have ${length} bytes, but only ${available} follow`);
  }
  return Number(length);
}

/** Read and check the header (its bytes without the length before it) of a file with `fileSize` bytes. */
export function parseSafetensorsHeader(
  header: Uint8Array,
  fileSize: number,
  path: string,
): SafetensorsHeader {
  const place = `${path}, header`;
  if (header[0] !== 0x7b) throw fail(place, "expected it to begin with {");
  const json = parseJsonObject(decodeText(header, place), place);
  checkHeaderText(decodeText(header, place), place);
  const dataBegin = headerLengthSize + header.length;
  const entries: [string, SafetensorsEntry][] = [];
  for (const [name, value] of Object.entries(json)) {
    if (name !== "__metadata__")
      entries.push([name, readEntry(value, dataBegin, `${path}, tensor ${quote(name)}`)]);
  }
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkContiguous(entries, dataBegin, fileSize, path);
  return { entries: new Map(entries), metadata: readMetadata(json["__metadata__"], place) };
}

function decodeText(header: Uint8Array, place: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch (error) {
    throw fail(place, "expected UTF-8 text", error);
  }
}

function readMetadata(value: Json | undefined, place: string): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!isJsonObject(value))
    throw fail(place, `expected __metadata__ to be an object, got ${describeJson(value)}`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw fail(place, `expected __metadata__ ${quote(key)} to be a string, got ${describeJson(text)}`);
    }
    metadata.set(key, text);
  }
  return metadata;
}

function readEntry(value: Json, dataBegin: number, place: string): SafetensorsEntry {
  if (!isJsonObject(value)) throw fail(place, `expected an object, got ${describeJson(value)}`);
  const type = value["dtype"];
  if (typeof type !== "string") throw fail(place, `expected dtype to be a string, got ${describeJson(type)}`);
  const bits = elementTypes.get(type)?.bits;
  if (bits === undefined) {
    throw fail(
      place,
      `expected dtype to be one of ${[...elementTypes.keys()].join(", ")}, got ${quote(type)}`,
    );
  }
  const shape = readSizes(value["shape"], "shape", place);
  const offsets = readSizes(value["data_offsets"], "data_offsets", place);
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2 || begin > end) {
    throw fail(place, `expected data_offsets to be [begin, end], got [${offsets.join(", ")}]`);
  }
  const expected = byteCount(shape, bits, place);
  if (end - begin !== expected) {
    throw fail(
      place,
      `${type} [${shape.join(", ")}] needs ${expected} bytes, its data_offsets give ${end - begin}`,
    );
  }
  return { type, shape, begin: dataBegin + begin, end: dataBegin + end };
}

function readSizes(value: Json | undefined, field: string, place: string): number[] {
  if (!Array.isArray(value))
    throw fail(place, `expected ${field} to be an array, got ${describeJson(value)}`);
  return value.map((size: Json) => {
    if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
    throw fail(place, `expected ${field} to hold integers from 0 to 2^53-1, got ${describeJson(size)}`);
  });
}

/** Bytes of all elements. The product is exact: it is refused before it leaves the exact integers. */
function byteCount(shape: readonly number[], bits: number, place: string): number {
  let total = bits;
  for (const size of shape) {
    total *= size;
    if (!Number.isSafeInteger(total))
      throw fail(place, `the shape [${shape.join(", ")}] has too many elements`);
  }
  if (total % 8 !== 0) throw fail(place, `the shape [${shape.join(", ")}] does not fill whole bytes`);
  return total / 8;
}

/** Tensors must follow each other without holes or overlap and fill the file to its last byte. */
function checkContiguous(
  entries: readonly (readonly [string, SafetensorsEntry])[],
  dataBegin: number,
  fileSize: number,
  path: string,
): void {
  let position = dataBegin;
  for (const [name, entry] of entries) {
    const place = `${path}, tensor ${quote(name)}`;
    if (entry.begin > position)
      throw fail(place, `${entry.begin - position} bytes before it belong to no tensor`);
    if (entry.begin < position) throw fail(place, "its bytes overlap those of another tensor");
    if (entry.end > fileSize)
      throw fail(place, `it ends at byte ${entry.end}, the file at ${fileSize}: cut off?`);
    position = entry.end;
  }
  if (position !== fileSize) throw fail(path, `${fileSize - position} bytes at the end belong to no tensor`);
}

function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name);
}

function fail(place: string, problem: string, cause?: unknown): FileError {
  return new FileError(place, problem, { hint: damagedHint, cause });
}
