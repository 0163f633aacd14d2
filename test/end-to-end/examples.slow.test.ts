// Every program in examples/ runs, in the order of its number: a later one uses what an earlier one leaves.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../shared.js";

const compiled = join(import.meta.dirname, "..", "..", "examples");

/** What an example prints. On a quiet machine each takes less than a minute; a busy one gets three. */
function run(example: string): string {
  const options = { cwd: repository, encoding: "utf8", timeout: 180_000 } as const;
  return execFileSync(process.execPath, [join(compiled, example.replace(/\.ts$/, ".js"))], options);
}

/** What must be in what each prints. */
const expected: Readonly<Record<string, readonly RegExp[]>> = {
  "01-engine.ts": [/^reference .*loss (0\.\d+) .*\nonnxruntime .*loss \1 /m],
  "02-tokenize.ts": [/<s>\t「」/, /segments 0+1+\n/, /characters 0 to \d+: 24 tokens/],
  "03-fine-tune.ts": [/^0\.\d+ \{/, /label: '\w+'/],
  "04-predict.ts": [/text-classification on onnxruntime/, /^800 predictions in out\//m, /accuracy: 0\.\d+/],
  "06-generate.ts": [/^step 160 {2}loss \d\.\d+/m, /^CSS の.+\n-\d\.\d+ .*\n-\d\.\d+ /m, /likelier: true/],
  "05-train-loop.ts": [/^step 20 {2}loss \d\.\d+/m, / -> \w+\n/],
};

describe("examples", () => {
  for (const example of readdirSync(join(repository, "examples"))
    .filter((file) => file.endsWith(".ts"))
    .sort())
    test(example, () => {
      const patterns = expected[example];
      assert.ok(patterns !== undefined, "say here what the example must print");
      const output = run(example);
      for (const pattern of patterns) assert.match(output, pattern);
    });

  test("the loop of one's own leaves a whole model", () => {
    for (const file of ["config.json", "model.safetensors", "tokenizer.json"])
      assert.ok(existsSync(join(repository, "out", "example-loop", file)), file);
  });
});
