import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, type FileHandle, mkdir, open, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { FileError } from "../base/index.js";
import { isFile } from "./files-read.js";
import { writeFailure } from "./files-write.js";

/** What is known of a file before it is downloaded. */
export interface ExpectedBlob {
  /** Its name in messages. */
  readonly place: string;
  readonly size: number;
  /** SHA-256 of large files, git's own hash (SHA-1) of small ones; also the name in the cache. */
  readonly hash: string;
}

/**
 * Bring a file into the cache as `blobs/<hash>`. It grows under another name and is renamed when its size and
 * hash are right; what an interrupted download left is continued. Each byte is written at its own place, so that
 * two processes that download the same file do not harm each other.
 */
export async function downloadBlob(
  path: string,
  expected: ExpectedBlob,
  readFrom: (position: number) => AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): Promise<void> {
  const incomplete = `${path}.incomplete`;
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(incomplete, constants.O_RDWR | constants.O_CREAT);
  try {
    let position = (await handle.stat()).size;
    onBytes(Math.min(position, expected.size));
    if (position < expected.size) {
      for await (const chunk of readFrom(position)) {
        await writeFully(handle, chunk, position).catch((error: unknown) => {
          throw writeFailure(path, error);
        });
        position += chunk.length;
        onBytes(chunk.length);
        if (position > expected.size) break;
      }
      await handle.sync();
    }
    if (position < expected.size) throw interrupted(expected, position);
    if (position > expected.size || (await hashOf(handle, expected)) !== expected.hash) {
      await rm(incomplete, { force: true });
      throw new FileError(
        expected.place,
        "what was downloaded does not have the size and hash the Hub states",
        {
          hint: "nothing of it was kept; try again, and if it happens again look for a proxy that changes files",
        },
      );
    }
  } finally {
    await handle.close();
  }
  await rename(incomplete, path).catch(async (error: unknown) => {
    if (!(await isFile(path))) throw error; // otherwise another process was faster
  });
}

/** Let a snapshot's file point at its blob, relatively, so that the cache can be moved. */
export async function linkBlob(snapshot: string, file: string, blob: string): Promise<void> {
  const path = join(snapshot, file);
  await mkdir(dirname(path), { recursive: true });
  try {
    await symlink(relative(dirname(path), blob), path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EEXIST") {
      if (await isFile(path)) return;
      await rm(path);
      await symlink(relative(dirname(path), blob), path);
    } else if (code === "EPERM" || code === "ENOTSUP")
      await copyFile(blob, path); // Windows without the right to link
    else throw error;
  }
}

/** What a broken connection leaves; the part that came is kept for the next time. */
export function interrupted(expected: ExpectedBlob, position: number, cause?: unknown): FileError {
  return new FileError(expected.place, `the download stopped at ${position} of ${expected.size} bytes`, {
    hint: "run the command again; it goes on from there",
    cause,
  });
}

async function writeFully(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}

async function hashOf(handle: FileHandle, expected: ExpectedBlob): Promise<string> {
  const hash = createHash(expected.hash.length === 64 ? "sha256" : "sha1");
  if (expected.hash.length !== 64) hash.update(`blob ${expected.size}\0`); // as git names its contents
  for await (const chunk of handle.createReadStream({ start: 0, end: expected.size - 1, autoClose: false })) {
    hash.update(chunk as Uint8Array);
  }
  return hash.digest("hex");
}
