import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The program Chromium: what TSUGIKI_CHROMIUM names, else the first one on the path; undefined where there is none. */
export function findChromium(): string | undefined {
  const named = process.env["TSUGIKI_CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return programs
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** A browser that has a page open. */
export interface OpenPage {
  /** Rejects where the browser ends by itself. */
  readonly failed: Promise<never>;
  /** End the browser and forget what it kept. */
  close(): Promise<void>;
}

/** Open a page in a browser without a window. */
export function openPage(program: string, url: string): OpenPage {
  const profile = mkdtempSync(join(tmpdir(), "tsugiki-chromium-"));
  const flags = [
    "--headless=new",
    "--no-sandbox", // it runs nothing but our own page; as root, and in containers, it has no sandbox
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    `--user-data-dir=${profile}`,
  ];
  const child = spawn(program, [...flags, url], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => resolve(`exit code ${code}`));
  });
  const failed = ended.then((how) => {
    throw new Error(`${program}: ${how}\n${stderr}`);
  });
  failed.catch(() => undefined); // of interest only while somebody waits for the page
  return {
    failed,
    close: async () => {
      child.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
