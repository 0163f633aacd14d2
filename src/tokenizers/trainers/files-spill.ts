import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpillStore } from "./word-counts-runs.js";

/** Spilled words as files in a folder of their own, made when the first is written, gone after `close`. */
export function spillFiles(parent: string = tmpdir()): SpillStore {
  let folder: string | undefined;
  let created = 0;
  const open = new Set<number>();
  return {
    create() {
      folder ??= mkdtempSync(join(parent, "tsugiki-words-"));
      const path = join(folder, `run-${created++}`);
      const descriptor = openSync(path, "wx+", 0o600);
      open.add(descriptor);
      return {
        write(bytes) {
          for (let done = 0; done < bytes.length; )
            done += writeSync(descriptor, bytes, done, bytes.length - done);
        },
        read: (into, position) => readSync(descriptor, into, 0, into.length, position),
        remove() {
          open.delete(descriptor);
          closeSync(descriptor);
          rmSync(path);
        },
      };
    },
    close() {
      for (const descriptor of open) closeSync(descriptor);
      open.clear();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}
