import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root: the nearest folder above this file that holds package.json. */
export const repository: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/**
 * Real data, checkpoints and golden values that are too large for the repository stand in a folder `shared`
 * beside it. A test that needs one gives `needs(path)` as its options, so that it runs wherever the folder is
 * and says so where it is not.
 */
export const shared: string = process.env["TSUGIKI_SHARED"] ?? join(repository, "..", "shared");

/** Test options that skip, with the reason, when the shared file is not on this machine. */
export function needs(...paths: string[]): { skip: string | false } {
  const missing = paths.find((path) => !existsSync(join(shared, path)));
  return { skip: missing === undefined ? false : `needs ../shared/${missing}` };
}

/** The path of a shared file. */
export function sharedPath(path: string): string {
  return join(shared, path);
}

/** The parsed JSON of a shared file. */
// biome-ignore lint/suspicious/noExplicitAny: golden files have many forms; each test knows its own
export function sharedJson(path: string): any {
  return JSON.parse(readFileSync(join(shared, path), "utf8"));
}

function findRoot(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : findRoot(dirname(folder));
}
