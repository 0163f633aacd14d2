import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { FileError, nearest } from "../base/index.js";
import type { RowSet } from "../formats/row.js";
import { type ReadOptions, readRowsFrom } from "./readers.js";

/** Text shrinks to a third or a tenth; what shrinks a hundredfold is a bomb, unless it is small anyway. */
const gzipRatioLimit = 100;
const gzipFreeSize = 64 * 2 ** 20; // bytes

/** Read a data file, packed (`.gz`) or not: see `readRowsFrom`. */
export async function readRows(path: string, options: ReadOptions = {}): Promise<RowSet> {
  await checkFile(path);
  return readRowsFrom(openChunks(path), path, options);
}

/** Throws where a path names no file, with the name that was perhaps meant. */
export async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    const names = await readdir(dirname(path)).catch(() => []);
    const near = nearest(basename(path), names);
    throw new FileError(path, "expected a data file, found none", {
      hint:
        near === undefined ? "check the path; it is relative to the current folder" : `did you mean ${near}?`,
    });
  }
  if (found.isDirectory()) {
    throw new FileError(path, "expected a data file, got a folder", {
      hint: "name one file of it, or give the folder as --data-dir",
    });
  }
}

/** The bytes of a file, unpacked where it is gzip'd. */
export async function* openChunks(path: string): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path);
  const limit = Math.max(gzipFreeSize, size * gzipRatioLimit);
  const file = createReadStream(path, { highWaterMark: 2 ** 20 });
  if (!/\.gz$/i.test(path)) {
    yield* readable(file, path);
    return;
  }
  const unpacked = createGunzip({ chunkSize: 2 ** 18 });
  // errors reach the reader of `unpacked`, so the pipeline's own promise has nothing to add
  pipeline(file, unpacked).catch(() => undefined);
  let total = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > limit) {
        throw new FileError(
          path,
          `expected data that unpacks to at most ${gzipRatioLimit} times its size, got more`,
          {
            hint: "unpack it by hand and look at it before you use it",
          },
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(path, `expected a gzip file, got: ${(error as Error).message}`, {
      hint: "the file is cut off or damaged; copy or download it again",
      cause: error,
    });
  } finally {
    file.destroy();
  }
}

async function* readable(file: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* file;
  } catch (error) {
    throw new FileError(path, `cannot be read: ${(error as Error).message}`, {
      hint: "the file is damaged, or this user may not read it",
      cause: error,
    });
  }
}
