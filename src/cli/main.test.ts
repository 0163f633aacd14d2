import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { needs, sharedPath } from "../../test/shared.js";
import { encodeSafetensors } from "../formats/safetensors.js";
import { readSafetensorsFile } from "../hub/index.js";
import { version } from "../workflows/version.js";

const main = fileURLToPath(new URL("./main.js", import.meta.url));

function tsugiki(words: readonly string[], input = ""): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [main, ...words], {
    input,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", HF_HUB_OFFLINE: "1" },
  });
}

describe("tsugiki as a process", () => {
  test("prints its version", () => {
    assert.deepEqual([tsugiki(["--version"]).stdout, tsugiki(["--version"]).status], [`${version}\n`, 0]);
  });

  test("info --json is one JSON document", () => {
    const { stdout, stderr, status } = tsugiki(["info", "--json"]);
    assert.deepEqual([status, stderr], [0, ""]);
    const facts = JSON.parse(stdout) as Record<string, string>;
    assert.equal(facts["tsugiki"], version);
    assert.equal(facts["node"], process.version);
    assert.match(facts["runtimes"]!, /reference/);
  });

  test("a mistake ends with 2, nothing on standard output", () => {
    const { stdout, stderr, status } = tsugiki(["fine-tune", "--model", "m", "--epoch", "3"]);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.equal(stderr, "\n  error  --epoch: there is no such option\n         did you mean --epochs?\n");
  });

  test("predict without anything to predict says how", () => {
    const { stderr, status } = tsugiki(["predict", "--model", "m"], "\n \n");
    assert.equal(status, 2);
    assert.match(stderr, /expected texts to predict, got none\n {9}give them as words/);
    const bytes = spawnSync(process.execPath, [main, "predict", "-m", "m"], {
      input: Buffer.from([0x82, 0xa0]),
    });
    assert.equal(bytes.status, 2);
    assert.match(bytes.stderr.toString(), /standard input: expected UTF-8 text/);
  });

  test("a model that is not there ends with 2", () => {
    const { stderr, status } = tsugiki(["predict", "--model", "./no-such-model", "a text"]);
    assert.equal(status, 2);
    assert.match(stderr, /error {2}\.\/no-such-model: /);
  });

  test(
    "verify --json is one JSON document, its exit code the verdict",
    needs("golden/models/bert-for-sequence-classification"),
    () => {
      const model = sharedPath("golden/models/bert-for-sequence-classification");
      const { stdout, stderr, status } = tsugiki(["verify", "--model", model, "--json"]);
      assert.equal(status, 0, stderr);
      const report = JSON.parse(stdout) as { passed: boolean; comparisons: { name: string }[] };
      assert.ok(report.passed);
      assert.ok(report.comparisons.some(({ name }) => name.startsWith("case0.grad.")));
      assert.match(stderr, new RegExp(`all ${report.comparisons.length} tensors are within their bounds`));
    },
  );

  test(
    "verify ends with 1 where a value differs",
    needs("golden/models/bert-for-sequence-classification"),
    async () => {
      const model = sharedPath("golden/models/bert-for-sequence-classification");
      const folder = mkdtempSync(join(tmpdir(), "tsugiki-golden-"));
      try {
        const tensors = await readSafetensorsFile(join(model, "golden.safetensors"));
        const logits = tensors.get("case0.out.logits")!;
        (logits.data as Float32Array)[0]! += 0.01;
        writeFileSync(join(folder, "golden.safetensors"), Buffer.concat([...encodeSafetensors(tensors)]));
        copyFileSync(join(model, "golden.json"), join(folder, "golden.json"));
        const { stdout, status } = tsugiki(["verify", "--model", model, "--golden", folder]);
        assert.equal(status, 1, stdout);
        assert.match(stdout, /case0\.out\.logits .* differs\n/);
        assert.match(stdout, /\n {2}1 of \d+ tensors differ by more than their bound\n/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
