import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runToEnd } from "./child-process.js";
import { peersFolder, pythonCommand, requirePeers } from "./python.js";
import { appendRecord } from "./record.js";

/** A package and what it takes on the disk. */
interface Installed {
  readonly name: string;
  readonly bytes: number;
}

/**
 * How large is what `npm install` brings, without optional runtimes? The package is packed and installed into an empty
 * folder, as users do; beside it, what PyTorch, transformers and accelerate bring, where they are installed.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { only: { type: "string" } } });
  const sides: Record<string, readonly Installed[]> = { ours: await ourPackages() };
  if (values.only !== "ours") {
    requirePeers();
    sides["python"] = await pythonPackages();
  }
  for (const [side, packages] of Object.entries(sides)) print(side, packages);
  console.log(`  recorded in ${appendRecord("install-size", { results: sides })}`);
}

async function ourPackages(): Promise<Installed[]> {
  const folder = mkdtempSync(join(tmpdir(), "tsugiki-install-"));
  try {
    const npm = (...words: string[]): ReturnType<typeof runToEnd> =>
      runToEnd({ program: "npm", arguments: words });
    const packed = await npm("pack", "--json", "--ignore-scripts", "--pack-destination", folder);
    const [{ filename }] = JSON.parse(packed.stdout);
    const user = join(folder, "user");
    mkdirSync(user);
    writeFileSync(join(user, "package.json"), '{ "name": "user", "private": true }\n');
    // onnxruntime-node's script downloads CUDA's libraries, which are a runtime that not everybody needs
    const without = ["--omit=dev", "--omit=optional", "--ignore-scripts"];
    await npm("install", "--prefix", user, ...without, join(folder, filename));
    return largestFirst(installedIn(join(user, "node_modules")));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function installedIn(folder: string): Installed[] {
  return readdirSync(folder).flatMap((name) => {
    if (!name.startsWith("@")) return [{ name, bytes: bytesIn(join(folder, name)) }];
    return installedIn(join(folder, name)).map((inner) => ({ ...inner, name: `${name}/${inner.name}` }));
  });
}

function bytesIn(path: string): number {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}

async function pythonPackages(): Promise<Installed[]> {
  const { stdout } = await runToEnd({
    program: pythonCommand(),
    arguments: [join(peersFolder, "install_size.py")],
  });
  return largestFirst(JSON.parse(stdout));
}

function largestFirst(packages: readonly Installed[]): Installed[] {
  return [...packages].sort((a, b) => b.bytes - a.bytes);
}

function print(side: string, packages: readonly Installed[]): void {
  const total = packages.reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = packages.slice(0, 5).map(({ name, bytes }) => `${name} ${megabytes(bytes)}`);
  console.log(
    `  ${side.padEnd(8)}${megabytes(total)} MB in ${packages.length} packages: ${largest.join(", ")} ...`,
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
