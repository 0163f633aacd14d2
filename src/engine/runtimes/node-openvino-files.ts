import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The libraries of OpenVINO that were found: where its C library lies, and how it was found. */
export interface OpenVinoFiles {
  readonly library: string;
  readonly from: string;
}

/** Everywhere that was looked, in order, for a message. */
export interface OpenVinoSearch {
  readonly found: OpenVinoFiles | undefined;
  readonly looked: readonly string[];
}

/** The folder into which `tsugiki runtime install openvino` puts the libraries. */
export function installedFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(environment["TSUGIKI_CACHE"] ?? join(cache, "tsugiki"), "openvino");
}

/**
 * Look for OpenVINO's C library: in the folder that TSUGIKI_OPENVINO names, where `runtime install` puts it, beside the
 * npm package openvino-node, in the folders of the system, and last in an installed Python package.
 */
export function findOpenVino(environment: NodeJS.ProcessEnv = process.env): OpenVinoSearch {
  const looked: string[] = [];
  for (const { from, folders } of places(environment)) {
    for (const folder of folders()) {
      looked.push(`${folder} (${from})`);
      const library = libraryIn(folder);
      if (library !== undefined) return { found: { library, from }, looked };
    }
  }
  return { found: undefined, looked };
}

interface Place {
  readonly from: string;
  folders(): readonly string[];
}

function places(environment: NodeJS.ProcessEnv): readonly Place[] {
  const named = environment["TSUGIKI_OPENVINO"];
  if (named !== undefined && named !== "")
    return [
      {
        from: "TSUGIKI_OPENVINO",
        folders: () => [named, join(named, "openvino", "libs"), join(named, "libs")],
      },
    ];
  return [
    { from: "runtime install", folders: () => [join(installedFolder(environment), "openvino", "libs")] },
    { from: "the npm package openvino-node", folders: npmFolders },
    { from: "the system", folders: systemFolders },
    { from: "a Python package", folders: pythonFolders },
  ];
}

/** The package's folder in each `node_modules` from this file upwards, as Node looks for packages. */
function npmFolders(): string[] {
  const folders: string[] = [];
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at))
    folders.push(join(at, "node_modules", "openvino-node", "bin"));
  return folders.filter((folder) => existsSync(folder));
}

function systemFolders(): string[] {
  if (process.platform === "win32") return [];
  const optional = "/opt/intel";
  const versions = existsSync(optional)
    ? readdirSync(optional).filter((name) => name.startsWith("openvino"))
    : [];
  return [
    ...versions.map((name) => join(optional, name, "runtime", "lib", "intel64")),
    ...[
      "/usr/lib/x86_64-linux-gnu",
      "/usr/lib/aarch64-linux-gnu",
      "/usr/local/lib",
      "/usr/lib64",
      "/usr/lib",
    ],
    "/opt/homebrew/lib",
  ];
}

/** Where an installed Python has the package, without importing it. */
function pythonFolders(): string[] {
  const code =
    "import importlib.util as u\ns = u.find_spec('openvino')\nprint(list(s.submodule_search_locations)[0] if s else '')";
  for (const python of ["python3", "python"]) {
    const { status, stdout } = spawnSync(python, ["-c", code], { encoding: "utf8", timeout: 10_000 });
    const folder = status === 0 ? stdout.trim() : "";
    if (folder !== "") return [join(folder, "libs")];
  }
  return [];
}

/** The C library in a folder, whatever version its name carries. */
function libraryIn(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) =>
    /^(lib)?openvino_c\.(so|dll|dylib)|^libopenvino_c\.\d+\.dylib$/.test(name),
  );
  const [first] = names.sort((a, b) => a.length - b.length);
  return first === undefined ? undefined : join(folder, first);
}
