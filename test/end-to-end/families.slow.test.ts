// Every family of encoders is fine-tuned through the command line on every form of data there is, from a tiny
// checkpoint with the kind of tokenizer that its published ones have; what was saved evaluates to the same loss.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runProgram } from "../../src/cli/run-program.js";
import { architectures } from "../../src/models/index.js";
import { evaluate } from "../../src/workflows/index.js";
import { type Form, forms } from "./task-forms.js";
import { tinyFamilies, writeTinyFamily } from "./tiny-families.js";
import { temporaryFolder, writeRows } from "./tiny-model.js";

/** Run the program; returns what it wrote. */
async function tsugiki(...words: string[]): Promise<string> {
  let text = "";
  const stream = { write: (part: string) => (text += part) };
  const code = await runProgram(words, {
    stdout: stream,
    stderr: stream,
    stdin: (async function* () {})(),
    environment: {},
    clock: () => 0,
    onInterrupt: () => () => {},
    exit: () => {},
  });
  assert.equal(code, 0, text);
  return text;
}

/** The forms of data for which a family has a head: transformers has no DeBERTa of the first version for choices. */
function formsOf(modelType: string): [name: string, Form][] {
  const { classNames } = architectures.find((architecture) => architecture.modelType === modelType)!;
  return Object.entries(forms).filter(([name]) => name !== "a choice" || classNames.has("multiple-choice"));
}

for (const modelType of Object.keys(tinyFamilies))
  describe(`fine-tuning ${modelType}`, () => {
    for (const [name, { rows, options = {} }] of formsOf(modelType))
      test(name, async (t) => {
        const folder = await temporaryFolder(t);
        const model = await writeTinyFamily(folder, modelType);
        const train = await writeRows(join(folder, "train.jsonl"), rows(32, 21));
        const validation = await writeRows(join(folder, "dev.jsonl"), rows(14, 22));
        const output = join(folder, "run");
        const settings = [
          ...(options.classWeights === undefined ? [] : ["--class-weights", String(options.classWeights)]),
          ...(options.threshold === undefined ? [] : ["--threshold", String(options.threshold)]),
        ];
        await tsugiki(
          ...["fine-tune", "--model", model, "--train-file", train, "--validation-file", validation],
          ...["--output-dir", output, "--threads", "1", "--batch-size", "8", "--max-steps", "6"],
          ...["--learning-rate", "5e-3", "--evaluate-every", "3", ...settings],
        );
        const saved: Record<string, number> = JSON.parse(
          await readFile(join(output, "eval_results.json"), "utf8"),
        );
        const { loss } = await evaluate({ model: output, data: validation, threads: 1 });
        assert.ok(Number.isFinite(loss), `the loss is ${loss}`);
        assert.ok(Math.abs(loss! - saved["eval_loss"]!) < 1e-6, `${loss} against ${saved["eval_loss"]}`);
      });
  });
