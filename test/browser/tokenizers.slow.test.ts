// The tests of the tokenizers, property tests and goldens, once more in a real browser: the same files, in which only
// the modules of Node are replaced (page-server.ts says by what).
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../shared.js";
import { findChromium, openPage } from "./chromium.js";
import { servePage } from "./page-server.js";

const chromium = findChromium();

/** Tests of what only Node has: those of its files and threads, and those that write files to compare with. */
const nodeFile = /(^|\/)(files|node|worker)[^/]*\.test\.ts$/;
const nodeModule = /from "node:(?!test"|assert\/strict"|fs"|path")/;

const sources = readdirSync(join(repository, "src", "tokenizers"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => join("src", "tokenizers", file))
  .sort();
const files = sources.filter(
  (file) => !nodeFile.test(file) && !nodeModule.test(readFileSync(join(repository, file), "utf8")),
);

describe("the tests of the tokenizers in Chromium", () => {
  const options = {
    skip: chromium === undefined && "needs Chromium: install it, or name it in TSUGIKI_CHROMIUM",
  };

  test("every test of the folder", options, async (context) => {
    const server = await servePage(files.map((file) => file.replace(/\.ts$/, ".js")));
    const page = openPage(chromium!, server.url);
    try {
      const results = await Promise.race([server.results, page.failed]);
      assert.ok(results.length > files.length);
      for (const { file, name, skip, failure } of results)
        await context.test(`${file}: ${name}`, { skip }, () => {
          assert.equal(failure, undefined, failure);
        });
    } finally {
      await page.close();
      server.close();
    }
  });
});
