import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FileError, nearest } from "../base/index.js";
import { downloadModel } from "./download-model.js";
import type { DownloadProgress } from "./download-request.js";
import {
  cachedRevisions,
  defaultCacheDirectory,
  findSnapshot,
  isOfflineByEnvironment,
} from "./files-hub-cache.js";
import { statIfThere } from "./files-read.js";
import { isHubName } from "./hub-name.js";

export interface ResolveOptions {
  /** Branch, tag or commit of a model on the Hub. Default `main`. */
  readonly revision?: string;
  /** Take downloaded models from the cache and never use the network. Default: what HF_HUB_OFFLINE says. */
  readonly offline?: boolean;
  /** Default: where Python's huggingface_hub keeps its downloads. */
  readonly cacheDirectory?: string;
  /** Default: HF_ENDPOINT, else https://huggingface.co. */
  readonly endpoint?: string;
  /** For private and gated models. Default: HF_TOKEN. */
  readonly accessToken?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** A model that lies on this machine. */
export interface ResolvedModel {
  readonly directory: string;
  /** The name or path that was asked for. */
  readonly name: string;
  /** The commit, of a model from the Hub. */
  readonly commit: string | undefined;
}

/**
 * Find a model by the path of a directory or by its name on the Hub, from where it is downloaded once.
 *
 * ```ts
 * const { directory } = await resolveModel("tohoku-nlp/bert-base-japanese-v3", { revision: "main" });
 * ```
 */
export async function resolveModel(nameOrPath: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  const stats = await statIfThere(nameOrPath);
  if (stats?.isDirectory()) return { directory: nameOrPath, name: nameOrPath, commit: undefined };
  if (stats !== undefined) {
    throw new FileError(nameOrPath, "expected a model directory, got a file", {
      hint: `give the folder that holds it: ${dirname(nameOrPath)}`,
    });
  }
  if (!isHubName(nameOrPath)) throw await noSuchDirectory(nameOrPath);
  const revision = options.revision ?? "main";
  const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory();
  if (options.offline ?? isOfflineByEnvironment()) return findOffline(nameOrPath, revision, cacheDirectory);
  const downloaded = await downloadModel({
    name: nameOrPath,
    revision,
    cacheDirectory,
    endpoint: (options.endpoint ?? process.env["HF_ENDPOINT"] ?? "https://huggingface.co").replace(
      /\/+$/,
      "",
    ),
    accessToken: options.accessToken ?? process.env["HF_TOKEN"],
    nearPath: await nearestSibling(nameOrPath),
    onProgress: options.onProgress ?? (() => undefined),
  });
  return { ...downloaded, name: nameOrPath };
}

async function findOffline(name: string, revision: string, cacheDirectory: string): Promise<ResolvedModel> {
  const snapshot = await findSnapshot(cacheDirectory, name, revision);
  if (snapshot !== undefined) return { ...snapshot, name };
  const known = await cachedRevisions(cacheDirectory, name);
  const has = known.length > 0 ? `it has ${known.join(", ")}` : "it has no revision of it";
  throw new FileError(
    name,
    `no such directory, and revision ${revision} is not in the cache ${cacheDirectory}; ${has}`,
    {
      hint: "offline mode is on: run once without --offline (HF_HUB_OFFLINE), or give the path of a directory",
    },
  );
}

async function noSuchDirectory(path: string): Promise<FileError> {
  const near = await nearestSibling(path);
  const hint =
    near === undefined ? "check the spelling; a model on the Hub is named org/name" : `did you mean ${near}?`;
  return new FileError(path, "no such directory", { hint });
}

async function nearestSibling(path: string): Promise<string | undefined> {
  const parent = dirname(path);
  const near = nearest(basename(path), await readdir(parent).catch(() => []));
  return near === undefined ? undefined : join(parent, near);
}
