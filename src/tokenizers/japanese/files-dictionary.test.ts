import assert from "node:assert/strict";
import { test } from "node:test";
import { loadJapaneseDictionary } from "./files-dictionary.js";

test("a directory without the files is named", async () => {
  await assert.rejects(loadJapaneseDictionary("no-such-folder"), {
    name: "UnavailableError",
    message: /no-such-folder.\w+.dat.gz cannot be read/,
  });
});
