import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FileError } from "../base/index.js";
import { statIfThere } from "./files-read.js";

// Nothing half-written ever stands under a final name: files and folders are written under a name of their own
// beside it, forced to the disk, and renamed.

const unfinishedName = /\.unfinished-(\d+)-\d+$/;

let unfinishedCount = 0;

/** A name under which this process alone, and this call alone, writes what will become `path`. */
function unfinished(path: string): string {
  return `${path}.unfinished-${process.pid}-${unfinishedCount++}`;
}

/** Write a file, in chunks, so that at any moment `path` is the old file or the whole new one. */
export async function writeFileAtomically(
  path: string,
  chunks: Iterable<Uint8Array | string>,
): Promise<void> {
  const temporary = unfinished(path);
  try {
    await writeAndSync(temporary, chunks);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw writeFailure(path, error);
  }
  await syncDirectory(dirname(path));
}

/**
 * Make a folder whose contents `fill` writes into the path it is given. At any moment `path` is missing, the
 * old folder or the whole new one.
 */
export async function writeDirectoryAtomically(
  path: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  const temporary = unfinished(target);
  const replaced = unfinished(`${target}.replaced`);
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    await syncTree(temporary);
    const old = await statIfThere(target);
    if (old !== undefined) await rename(target, replaced); // a folder cannot be renamed onto a full one
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw writeFailure(path, error);
  }
  await syncDirectory(dirname(target));
  await rm(replaced, { recursive: true, force: true });
}

/** Remove what earlier processes were writing into a folder when they were killed. */
export async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const writer = Number(unfinishedName.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(writer) || writer === process.pid || isRunning(writer)) continue;
    await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function writeAndSync(path: string, chunks: Iterable<Uint8Array | string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, "w");
  try {
    for (const chunk of chunks) await handle.writeFile(chunk); // goes on where the last ended; has no 2 GiB bound
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else await sync(path);
  }
  await syncDirectory(directory);
}

/** A rename is on the disk when its folder is; Windows cannot do this and needs not. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform !== "win32") await sync(directory);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The error for a write that failed: what the user can act on is said so, anything else passes. */
export function writeFailure(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") {
    const hint = "free some space, or write to another disk; nothing was changed";
    return new FileError(path, `the disk is full (${basename(path)} was being written)`, {
      hint,
      cause: error,
    });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new FileError(path, "this user may not write here", { cause: error });
  }
  if (code === "EEXIST" || code === "ENOTDIR" || code === "EISDIR") {
    return new FileError(path, `cannot be written: ${message}`, { cause: error });
  }
  return error;
}
