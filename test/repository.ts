import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./shared.js";

/** The files of the repository by path, from its root: what git knows or would add; without git, what lies there. */
export const repositoryFiles: readonly string[] = existsSync(join(repository, ".git"))
  ? gitFiles()
  : ["src", "test", "bench", "examples", "recipes"].flatMap(filesBelow);

/** The text of a file, by its path from the root. */
export function textOf(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

/** The lines of a fenced block of a Markdown text: the first one after `heading`. */
export function blockAfter(markdown: string, heading: string): string[] {
  const from = markdown.indexOf(`\n${heading}\n`);
  const block = from < 0 ? null : /\n```\w*\n([\s\S]*?)\n```/.exec(markdown.slice(from));
  if (block === null) throw new Error(`there is no block after ${heading}`);
  return block[1]!.split("\n");
}

function gitFiles(): string[] {
  const words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = execFileSync("git", words, { cwd: repository, encoding: "utf8" }).split("\0");
  return [...new Set(listed)].filter((file) => file !== "" && existsSync(join(repository, file)));
}

function filesBelow(folder: string): string[] {
  const names = readdirSync(join(repository, folder), { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1));
}
