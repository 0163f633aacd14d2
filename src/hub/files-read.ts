import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { FileError } from "../base/index.js";

/** One read asks for at most this many bytes: the system refuses 2 GiB and more. */
const readLimit = 2 ** 30;

/** What stands at a path, or undefined where nothing does. Symbolic links are followed. */
export async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw readFailure(path, error);
  }
}

/** Whether an ordinary file stands at a path. */
export async function isFile(path: string): Promise<boolean> {
  return (await statIfThere(path))?.isFile() ?? false;
}

/** Open an ordinary file for reading; the caller closes it. */
export async function openForReading(path: string): Promise<{ handle: FileHandle; size: number }> {
  let handle: FileHandle;
  try {
    // Not blocking, because a named pipe without a writer would be waited for without end.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw readFailure(path, error);
  }
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, size: stats.size };
  await handle.close();
  throw new FileError(path, `expected a file, got ${stats.isDirectory() ? "a directory" : "something else"}`);
}

/** Fill `target` with the bytes from `position` on, however large it is. */
export async function readFully(
  handle: FileHandle,
  target: Uint8Array,
  position: number,
  path: string,
): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const length = Math.min(readLimit, target.length - done);
    const { bytesRead } = await handle.read(target, done, length, position + done);
    if (bytesRead === 0)
      throw new FileError(path, `the file ended at byte ${position + done} while it was read`);
    done += bytesRead;
  }
}

/** The text of a file that must be UTF-8 and at most `limit` bytes. */
export async function readTextFile(path: string, limit: number): Promise<string> {
  const { handle, size } = await openForReading(path);
  try {
    if (size > limit) throw new FileError(path, `expected at most ${limit} bytes, got ${size}`);
    const bytes = new Uint8Array(size);
    await readFully(handle, bytes, 0, path);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new FileError(path, "expected UTF-8 text", { cause: error });
    throw error;
  } finally {
    await handle.close();
  }
}

function readFailure(path: string, error: unknown): FileError {
  const { code, message } = error as NodeJS.ErrnoException;
  const problem =
    code === "ENOENT"
      ? "no such file"
      : code === "EACCES"
        ? "this user may not read it"
        : `cannot be read: ${message}`;
  return new FileError(path, problem, { cause: error });
}
