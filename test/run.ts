// Runs the tests: `npm test` the fast ones, `npm run test:all` also those called *.slow.test.ts.
//
//   node dist/test/run.js [--all | --slow] [part of a path ...]
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runFiles } from "./run-files.js";
import { repository } from "./shared.js";

/** The folder of the compiled program that this file is part of: `dist`. */
const compiled = join(dirname(fileURLToPath(import.meta.url)), "..");

const words = process.argv.slice(2);
const parts = words.filter((word) => !word.startsWith("--"));
const wanted = words.includes("--slow") ? "slow" : words.includes("--all") ? "all" : "fast";

const files = readdirSync(compiled, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.js") && isWanted(file) && hasSource(file))
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  .sort()
  .map((file) => join(compiled, file));

const counts = await runFiles(files);
console.log(counts.lines().join("\n"));
process.exitCode = files.length > 0 && counts.failed === 0 ? 0 : 1;

function isWanted(file: string): boolean {
  return wanted === "all" || file.endsWith(".slow.test.js") === (wanted === "slow");
}

/** What was compiled from a file that is gone is still there after a build; it is not run. */
function hasSource(file: string): boolean {
  return existsSync(join(repository, file.replace(/\.js$/, ".ts")));
}
