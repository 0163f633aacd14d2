import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { FileError } from "../base/index.js";
import { isFile } from "./files-read.js";
import { checkRelativePath } from "./relative-path.js";

// The cache has Python's layout, so that both share it:
//   models--org--name/blobs/<hash>                 contents
//   models--org--name/refs/main                    the commit that a branch or tag stood for
//   models--org--name/snapshots/<commit>/<file>    links to blobs

/** A commit of a model repository. */
export const commitPattern: RegExp = /^[0-9a-f]{40}$/;

/** Where Python's huggingface_hub keeps what it downloads, by the same environment variables. */
export function defaultCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const explicit = environment["HF_HUB_CACHE"] ?? environment["HUGGINGFACE_HUB_CACHE"];
  if (explicit !== undefined) return explicit;
  const caches = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(environment["HF_HOME"] ?? join(caches, "huggingface"), "hub");
}

/** The folder of one model in the cache. */
export function cachedRepository(cacheDirectory: string, name: string): string {
  return join(cacheDirectory, `models--${name.replace("/", "--")}`);
}

/** Whether the environment asks to stay off the network, in Python's manner. */
export function isOfflineByEnvironment(environment: NodeJS.ProcessEnv = process.env): boolean {
  return ["1", "on", "yes", "true"].includes((environment["HF_HUB_OFFLINE"] ?? "").toLowerCase());
}

/** The snapshot of a revision in the cache, or undefined where it was never downloaded to its end. */
export async function findSnapshot(
  cacheDirectory: string,
  name: string,
  revision: string,
): Promise<{ directory: string; commit: string } | undefined> {
  checkRelativePath(revision, `${name}, revision`);
  const repository = cachedRepository(cacheDirectory, name);
  const commit = commitPattern.test(revision) ? revision : await readReference(repository, revision);
  if (commit === undefined) return undefined;
  const directory = join(repository, "snapshots", commit);
  return (await isFile(join(directory, "config.json"))) ? { directory, commit } : undefined;
}

/** The revisions of a model that the cache knows by name, for error messages. */
export async function cachedRevisions(cacheDirectory: string, name: string): Promise<string[]> {
  const references = join(cachedRepository(cacheDirectory, name), "refs");
  const entries = await readdir(references, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

async function readReference(repository: string, revision: string): Promise<string | undefined> {
  const path = join(repository, "refs", revision);
  if (!(await isFile(path))) return undefined;
  const commit = (await readFile(path, "utf8")).trim();
  if (commitPattern.test(commit)) return commit;
  throw new FileError(
    path,
    `expected a commit of 40 hexadecimal digits, got ${JSON.stringify(commit.slice(0, 60))}`,
    {
      hint: "the cache is damaged; delete this file and download the model again",
    },
  );
}
