// Stands in a page for test/shared.ts: shared files come from the server.
import { existsSync, readFileSync } from "./node-fs.js";

/** Where the server has the repository's folders that tests read. */
export const repository = "";

/** Test options that skip, with the reason, when the server has no such shared file. */
export function needs(...paths: string[]): { skip: string | false } {
  const missing = paths.find((path) => !existsSync(sharedPath(path)));
  return { skip: missing === undefined ? false : `needs ../shared/${missing}` };
}

/** Where the server has a shared file. */
export function sharedPath(path: string): string {
  return `/shared/${path}`;
}

/** The parsed JSON of a shared file. */
export function sharedJson(path: string): unknown {
  return JSON.parse(readFileSync(sharedPath(path), "utf8") as string);
}
