import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { repository, shared } from "../shared.js";
import type { PageResult } from "./page/run-tests.js";

/** Where the parts of a URL come from. */
const folders: Readonly<Record<string, string>> = {
  "/dist/": join(repository, "dist"),
  "/node_modules/": join(repository, "node_modules"),
  "/dictionary/": join(repository, "node_modules", "@patdx", "kuromoji", "dict"),
  "/shared/": shared,
  "/test/golden/": join(repository, "test", "golden"),
};

/** What stands in the page for modules of Node and for what reads files. */
const imports: Readonly<Record<string, string>> = {
  "node:test": "/dist/test/browser/page/node-test.js",
  "node:assert/strict": "/dist/test/browser/page/node-assert.js",
  "node:fs": "/dist/test/browser/page/node-fs.js",
  "node:path": "/dist/test/browser/page/node-path.js",
  "/dist/test/shared.js": "/dist/test/browser/page/shared.js",
  "/dist/src/tokenizers/japanese/files-dictionary.js": "/dist/test/browser/page/files-dictionary.js",
  "@bufbuild/protobuf/wire": "/node_modules/@bufbuild/protobuf/dist/esm/wire/index.js",
  "@huggingface/jinja": "/node_modules/@huggingface/jinja/dist/index.js",
  "fast-check": "/node_modules/fast-check/lib/fast-check.js",
  "pure-rand/": "/node_modules/pure-rand/lib/esm/",
};

/** A server whose page runs test files in a browser. */
export interface PageServer {
  readonly url: string;
  /** What came of the tests, once the page is done. */
  readonly results: Promise<readonly PageResult[]>;
  close(): void;
}

/** Serve a page that runs the test files, given by their paths in `dist`. */
export async function servePage(files: readonly string[]): Promise<PageServer> {
  const found: PageResult[] = [];
  let done: (results: readonly PageResult[]) => void;
  const results = new Promise<readonly PageResult[]>((resolve) => {
    done = resolve;
  });
  const page = pageOf(files.map((file) => `/dist/${file}`));
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://localhost").pathname);
    if (request.method === "POST") {
      if (path === "/results") found.push(...(JSON.parse(await bodyOf(request)) as PageResult[]));
      else done(found);
      response.end();
    } else if (path === "/") response.setHeader("content-type", "text/html; charset=utf-8").end(page);
    else sendFile(path, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    results,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function pageOf(files: readonly string[]): string {
  return `<!doctype html>
<title>Tsugiki in a browser</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
import { runTests } from "/dist/test/browser/page/run-tests.js";
await runTests(${JSON.stringify(files)});
</script>
`;
}

function sendFile(path: string, request: IncomingMessage, response: ServerResponse): void {
  const file = placeOf(path);
  const facts = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  if (file === undefined || facts === undefined) {
    response.writeHead(404).end();
    return;
  }
  const type = extname(file) === ".js" ? "text/javascript" : "application/octet-stream";
  response.writeHead(200, { "content-type": type });
  if (request.method === "HEAD" || facts.isDirectory()) response.end();
  else createReadStream(file).pipe(response);
}

/** The file of a URL's path; undefined outside the folders. */
function placeOf(path: string): string | undefined {
  const prefix = Object.keys(folders).find((one) => path.startsWith(one));
  const rest = prefix === undefined ? undefined : normalize(path.slice(prefix.length));
  if (prefix === undefined || rest === undefined || rest.startsWith("..")) return undefined;
  // packages name some of their modules without the ending
  const ending = prefix === "/node_modules/" && extname(rest) === "" ? ".js" : "";
  return join(folders[prefix]!, rest + ending);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}
