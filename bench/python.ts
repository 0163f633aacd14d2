import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UnavailableError } from "../src/base/errors.js";
import { repository } from "../test/shared.js";

/** The folder of the Python peers. */
export const peersFolder: string = join(repository, "bench", "peers");

const environment = join(repository, "bench", ".venv");
const environmentPython =
  process.platform === "win32"
    ? join(environment, "Scripts", "python.exe")
    : join(environment, "bin", "python");

const hint =
  "npm run bench -- setup makes a virtual environment in bench/.venv and installs bench/peers/requirements.txt; " +
  "TSUGIKI_PYTHON=/path/to/python names a Python that has them already; --only ours measures without the peer";

/** The Python to run peers with: TSUGIKI_PYTHON, else bench/.venv, else python3. */
export function pythonCommand(): string {
  const named = process.env["TSUGIKI_PYTHON"];
  if (named !== undefined && named !== "") return named;
  return existsSync(environmentPython) ? environmentPython : "python3";
}

/** Throws, saying what to do, where Python or one of the pinned libraries is missing or of another version. */
export function requirePeers(): void {
  const pinned = requirements();
  const code =
    "import sys, json\nfrom importlib import metadata\nfound = {}\n" +
    "for name in sys.argv[1:]:\n  try: found[name] = metadata.version(name)\n" +
    "  except metadata.PackageNotFoundError: pass\nprint(json.dumps(found))";
  const command = pythonCommand();
  const { stdout, status } = spawnSync(command, ["-c", code, ...pinned.keys()], { encoding: "utf8" });
  if (status !== 0) throw new UnavailableError(`the Python peer: cannot run ${command}`, { hint });
  const found = JSON.parse(stdout) as Record<string, string>;
  const wrong = [...pinned].filter(([name, version]) => found[name]?.split("+")[0] !== version);
  if (wrong.length === 0) return;
  const list = wrong
    .map(([name, version]) => `${name} ${version} (found ${found[name] ?? "none"})`)
    .join(", ");
  throw new UnavailableError(`the Python peer: ${command} needs ${list}`, { hint });
}

/** Make bench/.venv and install the pinned peers into it, and those in JavaScript beside their scripts. */
export function setUpPeers(): void {
  const base = process.env["TSUGIKI_PYTHON"] || "python3";
  const steps: [string, string[]][] = [
    [base, ["-m", "venv", environment]],
    [environmentPython, ["-m", "pip", "install", "-r", join(peersFolder, "requirements.txt")]],
    ["npm", ["ci", "--prefix", peersFolder, "--ignore-scripts"]], // transformers.js
  ];
  for (const [command, args] of steps) {
    console.log(`${command} ${args.join(" ")}`);
    const { status } = spawnSync(command, args, { stdio: "inherit" });
    if (status === 0) continue;
    throw new UnavailableError(`setup: ${command} ${args.join(" ")} failed`, {
      hint: "Python 3.11 or newer with the venv module and reachable package indexes are needed",
    });
  }
}

// name -> version of `name==version` lines
function requirements(): Map<string, string> {
  const lines = readFileSync(join(peersFolder, "requirements.txt"), "utf8").split("\n");
  const pins = lines
    .filter((line) => line.includes("=="))
    .map((line) => line.trim().split("==") as [string, string]);
  return new Map(pins);
}
