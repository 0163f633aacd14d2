// Evidence that takes hours is done run by run: each that is finished becomes a line of a file, and is not done again. So
// a program can be stopped and started at will, and table and picture are drawn from the lines alone.
import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type JsonObject, OptionError } from "../../src/base/index.js";

/** What a run is known by. */
export type RunKey = Readonly<Record<string, string | number>>;

export interface Evidence<Key extends RunKey, Outcome extends object> {
  /** The file of finished runs, `.jsonl`; the picture lies beside it as `.svg`, the table as `.md`. */
  readonly results: string;
  /** What all runs of the file share: models, sizes, who computes. It is the file's first line. */
  readonly settings: JsonObject;
  /** The runs in the order in which they are done. */
  readonly asked: readonly Key[];
  run(key: Key): Promise<Outcome>;
  draw(finished: readonly (Key & Outcome)[]): Drawing;
}

/** What is told of finished runs. */
export interface Drawing {
  /** Markdown. */
  readonly table: string;
  /** An SVG file. */
  readonly picture?: string;
}

/** Do the runs that are not finished yet, and draw all that are; returns these. */
export async function finishRuns<Key extends RunKey, Outcome extends object>(
  evidence: Evidence<Key, Outcome>,
  log: (line: string) => void = console.log,
): Promise<readonly (Key & Outcome)[]> {
  const { results, asked, run } = evidence;
  const finished = await openResults<Key & Outcome>(evidence, log);
  for (const [number, key] of asked.entries()) {
    if (finished.some((done) => isSame(done, key))) continue;
    const done = { ...key, ...(await run(key)) };
    finished.push(done);
    const line = JSON.stringify(done);
    await appendFile(results, `${line}\n`);
    log(`${number + 1} of ${asked.length}: ${line}`);
    await redraw(evidence, finished);
  }
  await redraw(evidence, finished);
  return finished;
}

/** The runs in a file. */
export async function readRuns<Run extends object>(results: string): Promise<Run[]> {
  const [, ...runs] = (await readFile(results, "utf8")).split("\n").filter((line) => line !== "");
  return runs.map((line) => JSON.parse(line) as Run);
}

/** The finished runs of a file that is begun where it is not there; runs with other settings are refused. */
async function openResults<Run extends object>(
  { results, settings }: Pick<Evidence<RunKey, object>, "results" | "settings">,
  log: (line: string) => void,
): Promise<Run[]> {
  await mkdir(dirname(results), { recursive: true });
  const first = JSON.stringify({ settings });
  if (!existsSync(results)) await writeFile(results, `${first}\n`);
  const text = await readFile(results, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole !== text) {
    log(`${results}: the last line is not whole, its run is done again`);
    await writeFile(results, whole);
  }
  const [found = ""] = whole.split("\n", 1);
  if (found !== first)
    throw new OptionError(`${results}: expected runs with the settings ${first}, got ${found || "none"}`, {
      hint: "put the settings back, or name another file by --results",
    });
  return readRuns<Run>(results);
}

function isSame(run: object, key: RunKey): boolean {
  return Object.entries(key).every(([name, value]) => (run as RunKey)[name] === value);
}

async function redraw<Key extends RunKey, Outcome extends object>(
  { results, draw }: Evidence<Key, Outcome>,
  finished: readonly (Key & Outcome)[],
): Promise<void> {
  const { table, picture } = draw(finished);
  const base = results.replace(/\.jsonl$/, "");
  await writeFile(`${base}.md`, `${table}\n`);
  if (picture !== undefined) await writeFile(`${base}.svg`, picture);
}
