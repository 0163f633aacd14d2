import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { readConfigFile } from "../src/cli/config-file.js";
import { openArchitecture } from "../src/workflows/open-architecture.js";
import { resolveOptions, trainRows } from "../src/workflows/options.js";
import { tinyTokenizer } from "../test/end-to-end/tiny-model.js";
import { repository } from "../test/shared.js";

const folders = ["translation", "language-models"];
const files = folders.flatMap((folder) =>
  readdirSync(`${repository}/recipes/${folder}`).map((name) => `recipes/${folder}/${name}`),
);

describe("settings of models from scratch", () => {
  for (const path of files.filter((file) => file.endsWith(".json")))
    test(`${path} is an architecture`, async () => {
      const { network } = await openArchitecture(`${repository}/${path}`, {
        changes: { tokenizer: tinyTokenizer() },
      });
      assert.ok(network.hiddenSize >= 256);
    });

  for (const path of files.filter((file) => file.endsWith(".yaml")))
    test(`${path} has options of \`train\` and names an architecture beside it`, async () => {
      const given = await readConfigFile(`${repository}/${path}`);
      const { options } = resolveOptions(trainRows, [
        ...given,
        { name: "tokenizer", value: "any", place: "--tokenizer" },
      ]);
      assert.equal(options.architecture, path.replace(".yaml", ".json"));
      assert.ok(files.includes(options.architecture));
    });
});
