import { join } from "node:path";
import { FileError } from "../base/index.js";
import type { DownloadRequest } from "./download-request.js";
import { downloadBlob, type ExpectedBlob, interrupted, linkBlob } from "./files-blob.js";
import { cachedRepository, commitPattern } from "./files-hub-cache.js";
import { isFile } from "./files-read.js";
import { writeFileAtomically } from "./files-write.js";
import { hubFailure } from "./hub-failure.js";
import { neededFiles } from "./needed-files.js";
import { checkRelativePath } from "./relative-path.js";

interface RemoteFile extends ExpectedBlob {
  readonly file: string;
}

/** Download what the cache lacks of a model and return its snapshot. config.json, the sign of a model, comes last. */
export async function downloadModel(
  request: DownloadRequest,
): Promise<{ directory: string; commit: string }> {
  const { name, revision, cacheDirectory, endpoint } = request;
  const hub = await import("@huggingface/hub");
  const access = {
    hubUrl: endpoint,
    ...(request.accessToken === undefined ? {} : { accessToken: request.accessToken }),
  };
  const repository = cachedRepository(cacheDirectory, name);
  const { commit, files } = await listModel(request, hub, access);
  const snapshot = join(repository, "snapshots", commit);
  const totalBytes = files.reduce((total, { size }) => total + size, 0);
  let doneBytes = 0;
  for (const remote of files) {
    const report = (count: number): void => {
      doneBytes += count;
      request.onProgress({ file: remote.file, doneBytes, totalBytes });
    };
    const blob = join(repository, "blobs", remote.hash);
    if (await isFile(blob)) report(remote.size);
    else {
      const readFrom = (position: number): AsyncIterable<Uint8Array> =>
        readRemote(hub, { ...access, repo: name, revision: commit, path: remote.file }, remote, position);
      await downloadBlob(blob, remote, readFrom, report);
    }
    await linkBlob(snapshot, remote.file, blob);
  }
  if (revision !== commit) await writeFileAtomically(join(repository, "refs", revision), [commit]);
  return { directory: snapshot, commit };
}

type Hub = typeof import("@huggingface/hub");
type Access = { readonly hubUrl: string; readonly accessToken?: string };

async function listModel(
  request: DownloadRequest,
  hub: Hub,
  access: Access,
): Promise<{ commit: string; files: RemoteFile[] }> {
  const { name, revision } = request;
  checkRelativePath(revision, `${name}, revision`);
  const remotes: RemoteFile[] = [];
  let commit: string;
  try {
    commit = (await hub.modelInfo({ ...access, name, revision, additionalFields: ["sha"] })).sha;
    if (!commitPattern.test(commit))
      throw new FileError(name, `expected a commit from the Hub, got ${commit}`);
    for await (const entry of hub.listFiles({ ...access, repo: name, revision: commit, recursive: true })) {
      if (entry.type !== "file") continue;
      checkRelativePath(entry.path, name);
      const hash = entry.lfs?.oid ?? entry.oid ?? "";
      remotes.push({ file: entry.path, place: `${name}/${entry.path}`, size: entry.size, hash });
    }
  } catch (error) {
    throw hubFailure(request, error);
  }
  const needed = new Set(
    neededFiles(
      remotes.map(({ file }) => file),
      name,
    ),
  );
  if (!needed.has("config.json")) {
    throw new FileError(name, `expected config.json on ${request.endpoint}, got none`, {
      hint: "the repository is not a model of transformers",
    });
  }
  const files = remotes.filter(({ file }) => needed.has(file)).sort((a, b) => rank(a.file) - rank(b.file));
  for (const { place, hash } of files) {
    if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash))
      throw new FileError(place, `expected a hash, got ${hash}`);
  }
  return { commit, files };
}

/** Small files first, so that a missing right or a full disk shows early; config.json last. */
function rank(file: string): number {
  return file === "config.json" ? 2 : file.endsWith(".safetensors") ? 1 : 0;
}

async function* readRemote(
  hub: Hub,
  source: Access & { readonly repo: string; readonly revision: string; readonly path: string },
  expected: ExpectedBlob,
  position: number,
): AsyncGenerator<Uint8Array> {
  let done = position;
  try {
    const blob = await hub.downloadFile(source);
    if (blob === null) throw new FileError(expected.place, "the Hub lists this file but does not have it");
    const rest = position === 0 ? blob : blob.slice(position);
    for await (const chunk of rest.stream() as unknown as AsyncIterable<Uint8Array>) {
      done += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw error instanceof FileError ? error : interrupted(expected, done, error);
  }
}
