import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { FileError } from "../base/index.js";

/**
 * The files that patterns name, each once, in the order of the patterns and within one by name: `*` and `?`
 * stand for characters of a name, `**` for folders, `{a,b}` for one of several. A file of exactly that name is
 * taken as it is. A pattern that names nothing is an error.
 */
export async function globFiles(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const files = (await isFile(pattern)) ? [pattern] : await matches(pattern);
    if (files.length === 0) {
      throw new FileError(pattern, "expected a file or a pattern that names files, found none", {
        hint: "check the path; it is relative to the current folder, and a pattern is quoted: 'texts/**/*.txt'",
      });
    }
    for (const file of files) found.add(file);
  }
  return [...found];
}

async function matches(pattern: string): Promise<string[]> {
  const files = await Promise.all(
    alternatives(pattern).map((one) => {
      const parts = one.split("/").filter((part, i) => part !== "" || i === 0);
      return parts[0] === "" ? walk("/", parts.slice(1)) : walk("", parts);
    }),
  );
  return [...new Set(files.flat())].sort();
}

/** The files below a folder that the parts of a pattern name. */
async function walk(folder: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  if (!/[*?]/.test(part)) {
    const path = join(folder, part);
    if (rest.length > 0) return walk(path, rest);
    return (await isFile(path)) ? [path] : [];
  }
  const entries = await readdir(folder === "" ? "." : folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  if (part === "**") found.push(...(await walk(folder, rest.length === 0 ? ["*"] : rest)));
  const shape = part === "**" ? /^[^.]/ : patternOf(part);
  for (const { name } of entries) {
    if (!shape.test(name)) continue;
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isDirectory()) found.push(...(await walk(path, part === "**" ? parts : rest)));
    else if (stats?.isFile() && rest.length === 0 && part !== "**") found.push(path);
  }
  return found;
}

/** A name that begins with a dot is hidden from patterns that do not. */
function patternOf(part: string): RegExp {
  const source = part
    .replace(/[.+^$()|[\]\\{}]/g, "\\$&")
    .replace(/\*+/g, "[^]*?")
    .replaceAll("?", "[^]");
  return new RegExp(`^${/^[*?]/.test(part) ? "(?!\\.)" : ""}${source}$`, "u");
}

/** `a{b,c}d` is `abd`, `acd`. */
function alternatives(pattern: string): string[] {
  const [whole, before, inside, after] = /^([^{]*)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(pattern) ?? [];
  if (whole === undefined) return [pattern];
  return inside!.split(",").flatMap((one) => alternatives(`${before}${one}${after}`));
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
