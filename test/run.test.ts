import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const files = {
  "mixed.mjs": `
    import { describe, test, before } from "node:test";
    test("passes", () => {});
    test("fails", () => { throw new Error("no"); });
    test("cannot run here", { skip: "needs ../shared/golden" }, () => {});
    test("is not wanted", { skip: true }, () => {});
    test("is always run", { skip: false }, () => {});
    describe("group", () => {
      test("passes", () => {});
      test("fails", () => { throw new Error("no"); });
    });
    describe("group that cannot run here", { skip: "needs ../shared/models" }, () => {
      test("unseen", () => {});
    });`,
  "broken.mjs": `import "./not-there.mjs";`,
};

/** Run test files as `npm test` does, and answer the last two lines. */
function lastLines(names: readonly (keyof typeof files)[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "tsugiki-run-"));
  try {
    for (const name of names) writeFileSync(join(folder, name), files[name]);
    const paths = JSON.stringify(names.map((name) => join(folder, name)));
    const runner = pathToFileURL(join(import.meta.dirname, "run-files.js")).href;
    const code = `import { runFiles } from "${runner}"; console.log((await runFiles(${paths})).lines().join("\\n"));`;
    // without NODE_TEST_CONTEXT the runner does not take itself for a test file of this run
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    writeFileSync(join(folder, "run.mjs"), code);
    const options = { env: environment, encoding: "utf8" } as const;
    const { stdout } = spawnSync(process.execPath, [join(folder, "run.mjs")], options);
    return stdout.trimEnd().split("\n").slice(-2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("the last line counts each test once, and a skipped group as one", () => {
  assert.deepEqual(lastLines(["mixed.mjs"]), [
    "2 tests were skipped for want of files in ../shared",
    "3 passed, 2 failed, 3 skipped",
  ]);
});

test("a file that cannot be loaded is a failure", () => {
  assert.equal(lastLines(["broken.mjs"]).at(-1), "0 passed, 1 failed");
});
