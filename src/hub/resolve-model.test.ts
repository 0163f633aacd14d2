import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { FileError, float32 } from "../base/index.js";
import { encodeSafetensors } from "../formats/index.js";
import { openModelDirectory } from "./model-directory.js";
import { type ResolveOptions, resolveModel } from "./resolve-model.js";

// A Hub of its own on this machine, with the four requests that the library makes.

const commit = "0123456789abcdef0123456789abcdef01234567";

const weights = new Map([["w", float32([300, 1000], new Float32Array(300_000).fill(0.5))]]);
const safetensors = Buffer.concat(encodeSafetensors(weights, new Map([["format", "pt"]])));

const repositories: Record<string, Record<string, Buffer>> = {
  "org/small": {
    "config.json": Buffer.from('{"model_type":"bert"}'),
    "vocab.txt": Buffer.from("[PAD]\n[UNK]\n"),
    "1_Pooling/config.json": Buffer.from("{}"),
    "model.safetensors": safetensors,
    "pytorch_model.bin": Buffer.from("never"),
    "README.md": Buffer.from("never"),
  },
  "org/pickle": { "config.json": Buffer.from("{}"), "pytorch_model.bin": Buffer.from("never") },
  "org/data": { "README.md": Buffer.from("no model") },
  "org/escape": { "config.json": Buffer.from("{}"), "../../evil.json": Buffer.from("{}") },
};

/** What the server was asked for, and how it should misbehave. */
const state = { requests: [] as string[], cutAfter: Infinity, corrupt: false, lastRange: "" };

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url!, "http://hub");
  state.requests.push(url.pathname);
  const resolve = /^\/(.+?)\/resolve\/[^/]+\/(.+)$/.exec(url.pathname);
  const bytes = repositories[resolve?.[1] ?? ""]?.[decodeURIComponent(resolve?.[2] ?? "")];
  if (bytes !== undefined) sendFile(request, response, state.corrupt ? Buffer.from(bytes).fill(1) : bytes);
  else {
    const [status, body] = answerApi(url.pathname);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  }
}

function answerApi(path: string): readonly [status: number, body: unknown] {
  const [, name, kind, revision] = /^\/api\/models\/(.+?)\/(revision|tree)\/([^/]+)$/.exec(path) ?? [];
  const repository = repositories[name ?? ""];
  if (repository === undefined) return [401, { error: "Repository not found" }];
  if (kind === "tree")
    return [200, Object.entries(repository).map(([file, bytes]) => treeEntry(file, bytes))];
  if (!["main", "v1", commit].includes(revision!)) return [404, { error: `Invalid rev id: ${revision}` }];
  return [200, { _id: "1", id: name, sha: commit }];
}

function treeEntry(path: string, bytes: Buffer): unknown {
  const oid = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const lfs = path.endsWith(".safetensors")
    ? { lfs: { oid: sha256, size: bytes.length, pointerSize: 130 } }
    : {};
  return { type: "file", path, size: bytes.length, oid, ...lfs };
}

function sendFile(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const [begin, end] = range === null ? [0, bytes.length] : [Number(range[1]), Number(range[2]) + 1];
  if (range?.[0] !== "bytes=0-0" && bytes.length > 1000) state.lastRange = range?.[0] ?? "whole";
  const body = bytes.subarray(begin, end);
  response.writeHead(range === null ? 200 : 206, {
    "Content-Length": body.length,
    "Content-Range": `bytes ${begin}-${end - 1}/${bytes.length}`,
    ETag: '"etag"',
  });
  if (body.length <= state.cutAfter) response.end(body);
  else response.write(body.subarray(0, state.cutAfter), () => setTimeout(() => response.destroy(), 50));
}

describe("resolveModel", () => {
  let server: Server;
  let cache: string;
  let options: ResolveOptions;

  before(async () => {
    server = createServer(answer);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach((context) => {
    cache = mkdtempSync(join(tmpdir(), "tsugiki-cache-"));
    const directory = cache;
    if ("after" in context) context.after(() => rmSync(directory, { recursive: true, force: true }));
    Object.assign(state, { requests: [], cutAfter: Infinity, corrupt: false, lastRange: "" });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    options = { cacheDirectory: cache, endpoint, offline: false };
  });

  test("a model is downloaded into Python's cache layout, needed files only", async () => {
    const seen: number[] = [];
    const resolved = await resolveModel("org/small", {
      ...options,
      onProgress: (p) => seen.push(p.doneBytes / p.totalBytes),
    });
    const repository = join(cache, "models--org--small");
    assert.deepEqual(resolved, {
      directory: join(repository, "snapshots", commit),
      name: "org/small",
      commit,
    });
    assert.equal(readFileSync(join(repository, "refs", "main"), "utf8"), commit);
    const files = readdirSync(resolved.directory, { recursive: true, encoding: "utf8" }).sort();
    assert.deepEqual(files, [
      "1_Pooling",
      "1_Pooling/config.json",
      "config.json",
      "model.safetensors",
      "vocab.txt",
    ]);
    const sha256 = createHash("sha256").update(safetensors).digest("hex");
    assert.equal(readlinkSync(join(resolved.directory, "model.safetensors")), `../../blobs/${sha256}`);
    assert.match(
      readlinkSync(join(resolved.directory, "1_Pooling/config.json")),
      /^\.\.\/\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/,
    );
    const directory = await openModelDirectory(resolved.directory);
    assert.deepEqual(await directory.readWeights(), weights);
    assert.equal(await directory.readText("vocab.txt"), "[PAD]\n[UNK]\n");
    assert.equal(seen.at(-1), 1);
    assert.ok(seen.every((value, i) => i === 0 || value >= seen[i - 1]!));
    assert.ok(!state.requests.some((path) => path.includes("pytorch_model") || path.includes("README")));
  });

  test("a second time nothing is downloaded, and offline nothing is asked", async () => {
    const first = await resolveModel("org/small", { ...options, revision: "v1" });
    state.requests.length = 0;
    assert.deepEqual(await resolveModel("org/small", { ...options, revision: "v1" }), first);
    assert.ok(!state.requests.some((path) => path.includes("/resolve/")));
    state.requests.length = 0;
    assert.deepEqual(await resolveModel("org/small", { ...options, revision: "v1", offline: true }), first);
    assert.deepEqual(await resolveModel("org/small", { ...options, revision: commit, offline: true }), first);
    assert.deepEqual(state.requests, []);
  });

  test("HF_HUB_OFFLINE keeps off the network", async (context) => {
    process.env["HF_HUB_OFFLINE"] = "1";
    context.after(() => delete process.env["HF_HUB_OFFLINE"]);
    const { offline: _, ...rest } = options;
    await assert.rejects(resolveModel("org/small", rest), /revision main is not in the cache/);
    assert.deepEqual(state.requests, []);
  });

  test("nothing is printed", async (context) => {
    const printed = (["log", "info", "debug", "warn", "error"] as const).map(
      (method) => context.mock.method(console, method, () => undefined).mock,
    );
    await resolveModel("org/small", options);
    assert.equal(
      printed.reduce((sum, mock) => sum + mock.callCount(), 0),
      0,
    );
  });

  test("an interrupted download leaves no blob, is not found offline, and goes on where it stopped", async () => {
    state.cutAfter = 500_000;
    await assert.rejects(resolveModel("org/small", options), {
      name: "FileError",
      message: /^org\/small\/model\.safetensors: the download stopped at \d+ of \d+ bytes/,
    });
    const blobs = join(cache, "models--org--small", "blobs");
    const sha256 = createHash("sha256").update(safetensors).digest("hex");
    assert.ok(!existsSync(join(blobs, sha256)));
    const partial = lstatSync(join(blobs, `${sha256}.incomplete`)).size;
    assert.ok(partial > 0 && partial <= 500_000, `${partial} bytes`);
    await assert.rejects(resolveModel("org/small", { ...options, offline: true }), /is not in the cache/);
    state.cutAfter = Infinity;
    const { directory } = await resolveModel("org/small", options);
    assert.equal(state.lastRange, `bytes=${partial}-${safetensors.length - 1}`);
    assert.deepEqual(await (await openModelDirectory(directory)).readWeights(), weights);
    assert.ok(!readdirSync(blobs).some((name) => name.endsWith(".incomplete")));
  });

  test("bytes that do not have the stated hash are not kept", async () => {
    state.corrupt = true;
    await assert.rejects(resolveModel("org/small", options), /does not have the size and hash/);
    assert.deepEqual(readdirSync(join(cache, "models--org--small", "blobs")), []);
    state.corrupt = false;
    assert.equal((await resolveModel("org/small", options)).commit, commit);
  });

  test("two downloads at once do not harm each other", async () => {
    const both = await Promise.all([resolveModel("org/small", options), resolveModel("org/small", options)]);
    assert.deepEqual(both[0], both[1]);
    assert.deepEqual(await (await openModelDirectory(both[0].directory)).readWeights(), weights);
  });

  const failures: readonly (readonly [string, string, Partial<ResolveOptions>, RegExp])[] = [
    [
      "a model that does not exist",
      "org/smal",
      {},
      /^org\/smal: there is no such folder, and no such model on http/,
    ],
    [
      "a revision that does not exist",
      "org/small",
      { revision: "v9" },
      /^org\/small: there is no revision v9/,
    ],
    [
      "a revision that leaves the cache",
      "org/small",
      { revision: "../../x" },
      /^org\/small, revision: .*"\.\."/,
    ],
    [
      "a revision that leaves the cache, offline",
      "org/small",
      { revision: "/etc", offline: true },
      /is absolute/,
    ],
    ["a pickle", "org/pickle", {}, /^org\/pickle: the only weights are pytorch_model\.bin, a Python pickle/],
    ["a repository without a model", "org/data", {}, /^org\/data: expected config\.json/],
    [
      "a repository with a file that leaves its folder",
      "org/escape",
      {},
      /^org\/escape: .*holds the part "\.\."/,
    ],
    [
      "a server that is not there",
      "org/small",
      { endpoint: "http://127.0.0.1:9" },
      /^org\/small: could not reach http/,
    ],
    [
      "offline and never downloaded",
      "org/small",
      { offline: true },
      /^org\/small: no such directory, and revision main/,
    ],
    [
      "a path that does not exist",
      "./nowhere/deep/model",
      {},
      /^\.\/nowhere\/deep\/model: no such directory/,
    ],
    ["a name with three parts", "a/b/c", {}, /^a\/b\/c: no such directory/],
    ["a name with a space", "my model", {}, /^my model: no such directory/],
    ["a traversal as a name", "../../no-such-folder", {}, /no such directory/],
  ];
  for (const [what, name, changes, expected] of failures) {
    test(`${what} is a FileError that says so`, async () => {
      await assert.rejects(resolveModel(name, { ...options, ...changes }), (error: unknown) => {
        assert.ok(error instanceof FileError, String(error));
        assert.match(error.message, expected);
        assert.ok(error.hint, "a hint");
        return true;
      });
      assert.ok(!existsSync(join(cache, "evil.json")));
    });
  }

  test("a mistyped path names the nearest folder, and a file the folder that holds it", async () => {
    const folder = join(cache, "my-model");
    mkdirSync(folder);
    writeFileSync(join(folder, "config.json"), "{}");
    await assert.rejects(resolveModel(join(cache, "my-modle")), { hint: `did you mean ${folder}?` });
    await assert.rejects(resolveModel(join(folder, "config.json")), {
      hint: `give the folder that holds it: ${folder}`,
    });
    assert.deepEqual(await resolveModel(folder), { directory: folder, name: folder, commit: undefined });
  });

  test("a name that neither the Hub nor the disk knows is told the nearest folder", async (context) => {
    const before = process.cwd();
    process.chdir(cache);
    context.after(() => process.chdir(before));
    mkdirSync("my-model");
    await assert.rejects(resolveModel("my-modle", options), { hint: /did you mean the folder my-model\?/ });
  });

  test("a reference that is not a commit is damage", async () => {
    const references = join(cache, "models--org--small", "refs");
    mkdirSync(references, { recursive: true });
    writeFileSync(join(references, "main"), "../../../etc");
    await assert.rejects(resolveModel("org/small", { ...options, offline: true }), /expected a commit of 40/);
  });
});
