// Stands in a page for `node:path`: paths are the server's.

/** A path of several parts. */
export function join(...parts: string[]): string {
  return parts.join("/");
}
