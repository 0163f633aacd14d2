import { internal } from "../../base/index.js";
import type { WordCounts } from "./word-counts.js";
import { compareBytes, type WordCountStore } from "./word-counts-store.js";
import { hashOfBytes, textOfBytes } from "./word-counts-text.js";

/**
 * Where words are put that find no room in memory: files on a disk. Reading and writing wait, as trainers go
 * over all words in one call.
 */
export interface SpillStore {
  /** A new, empty run. */
  create(): SpillRun;
  /** Remove all runs. */
  close(): void;
}

/** Bytes that are written one after the other and then read, from the beginning, as often as wanted. */
export interface SpillRun {
  write(bytes: Uint8Array): void;
  /** Read up to `into.length` bytes from `position`; how many were read, 0 at the end. */
  read(into: Uint8Array, position: number): number;
  /** Remove it. */
  remove(): void;
}

const bufferSize = 2 ** 20; // bytes
const mostRuns = 64; // each is an open file

/** Counted words on a disk: sorted runs, which are merged into one. */
export class SpilledCounts implements WordCounts {
  readonly #store: SpillStore;
  #runs: SpillRun[] = [];
  #size = 0;

  constructor(store: SpillStore) {
    this.#store = store;
  }

  get runCount(): number {
    return this.#runs.length;
  }

  /** How many distinct words there are; known once the runs are merged. */
  get size(): number {
    return this.#size;
  }

  /** Write all words of a store as a run. */
  write(words: WordCountStore): void {
    const writer = new RunWriter(this.#store.create());
    words.forEachByHash((bytes, count) => writer.put(bytes, 0, bytes.length, count));
    this.#runs.push(writer.finish());
    if (this.#runs.length === mostRuns) this.merge();
  }

  /** Make one run of all. */
  merge(): this {
    const readers = this.#runs.map((run) => new RunReader(run, this.#runs.length));
    const writer = new RunWriter(this.#store.create());
    this.#size = 0;
    let heads = readers.filter((reader) => reader.next());
    while (heads.length > 0) {
      let first = heads[0]!;
      for (let i = 1; i < heads.length; i++) if (compareHeads(heads[i]!, first) < 0) first = heads[i]!;
      let count = 0;
      const same = heads.filter((head) => head === first || compareHeads(head, first) === 0);
      for (const head of same) count += head.count;
      writer.put(first.bytes, first.start, first.end, count);
      this.#size++;
      let ended = false;
      for (const head of same) if (!head.next()) ended = true;
      if (ended) heads = heads.filter((head) => !head.ended);
    }
    for (const run of this.#runs) run.remove();
    this.#runs = [writer.finish()];
    return this;
  }

  forEach(visit: (word: string, count: number) => void): void {
    const [run] = this.#runs;
    if (run === undefined || this.#runs.length > 1)
      throw internal("spilled words are read before they are merged");
    const reader = new RunReader(run, 1);
    while (reader.next()) visit(textOfBytes(reader.bytes, reader.start, reader.end), reader.count);
  }

  /** Remove what was written. */
  close(): void {
    this.#store.close();
  }
}

/** Writes records: the length of a word, its bytes, its count; numbers seven bits a byte. */
class RunWriter {
  readonly #run: SpillRun;
  #buffer = new Uint8Array(bufferSize);
  #length = 0;

  constructor(run: SpillRun) {
    this.#run = run;
  }

  put(bytes: Uint8Array, start: number, end: number, count: number): void {
    const needed = end - start + 2 * longestNumber;
    if (this.#length + needed > this.#buffer.length) this.#flush();
    if (needed > this.#buffer.length) this.#buffer = new Uint8Array(needed);
    this.#number(end - start);
    for (let i = start; i < end; i++) this.#buffer[this.#length++] = bytes[i]!;
    this.#number(count);
  }

  finish(): SpillRun {
    this.#flush();
    return this.#run;
  }

  #number(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#buffer[this.#length++] = 0x80 | (rest % 0x80);
    this.#buffer[this.#length++] = rest;
  }

  #flush(): void {
    this.#run.write(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }
}

/** Reads what RunWriter wrote, a record at a time: the word stands in `bytes` from `start` to `end`. */
class RunReader {
  start = 0;
  end = 0;
  count = 0;
  hash = 0;
  ended = false;
  bytes: Uint8Array;
  readonly #run: SpillRun;
  #position = 0; // in the run, behind what is in `bytes`
  #at = 0; // the next record
  #filled = 0;

  constructor(run: SpillRun, readerCount: number) {
    this.#run = run;
    this.bytes = new Uint8Array(Math.max(2 ** 14, Math.floor((16 * bufferSize) / readerCount)));
  }

  /** Go to the next record; false where there is none. */
  next(): boolean {
    this.#have(longestNumber);
    if (this.#at === this.#filled) {
      this.ended = true;
      return false;
    }
    const length = this.#number();
    this.#have(length + longestNumber);
    this.start = this.#at;
    this.end = this.#at + length;
    this.#at = this.end;
    this.count = this.#number();
    this.hash = hashOfBytes(this.bytes, this.start, this.end);
    return true;
  }

  #number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.bytes[this.#at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  /** Have that many bytes at hand, or all that are left. */
  #have(count: number): void {
    if (this.#filled - this.#at >= count) return;
    const rest = this.bytes.subarray(this.#at, this.#filled);
    const bytes = count > this.bytes.length ? new Uint8Array(count * 2) : this.bytes;
    bytes.set(rest); // may overlap itself: set copies as if over a buffer between
    this.#filled = rest.length;
    this.#at = 0;
    this.bytes = bytes;
    while (this.#filled < bytes.length) {
      const read = this.#run.read(bytes.subarray(this.#filled), this.#position);
      if (read === 0) return;
      this.#filled += read;
      this.#position += read;
    }
  }
}

function compareHeads(a: RunReader, b: RunReader): number {
  if (a.hash !== b.hash) return a.hash - b.hash;
  return compareBytes(a.bytes.subarray(a.start, a.end), b.bytes.subarray(b.start, b.end));
}

const longestNumber = 8; // bytes: 53 bits, seven a byte
