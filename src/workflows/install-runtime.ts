import { spawn } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { UnavailableError } from "../base/index.js";
import { installedFolder } from "../engine/runtimes/node-openvino-files.js";
import { checkOptions } from "./options-resolve.js";
import { type RuntimeInstallOptions, runtimeInstallRows } from "./options-runtime.js";

/** The version that is tested here. */
const openVinoVersion = "2026.4.1";

/**
 * Fetch the libraries of OpenVINO, which are published as a Python package: pip unpacks it into a folder, and no Python
 * is needed afterwards. The folder is there whole or not at all. `tell` hears what pip says.
 */
export async function installRuntime(
  options: RuntimeInstallOptions,
  tell: (line: string) => void,
): Promise<{ folder: string; version: string }> {
  checkOptions(runtimeInstallRows, options);
  const folder = options.folder ?? installedFolder();
  const unfinished = `${folder}.part`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  const words = ["-m", "pip", "install", "--no-deps", "--disable-pip-version-check", "--target", unfinished];
  try {
    await runPython([...words, `openvino==${openVinoVersion}`], tell);
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return { folder, version: openVinoVersion };
}

function runPython(words: readonly string[], tell: (line: string) => void): Promise<void> {
  const hint =
    "Python 3 with pip is needed for this step; or unpack the openvino package elsewhere and name its libs folder in TSUGIKI_OPENVINO";
  return new Promise((resolve, reject) => {
    const child = spawn("python3", words, { stdio: ["ignore", "pipe", "pipe"] });
    let problem = "";
    const hear = (text: string): void => {
      for (const line of text.split("\n")) if (line.trim() !== "") tell(line.trim());
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      problem = (problem + text).slice(-2000);
    });
    child.on("error", (error) => reject(new UnavailableError(`python3: ${error.message}`, { hint })));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new UnavailableError(`pip could not install openvino: ${problem.trim()}`, { hint }));
    });
  });
}
