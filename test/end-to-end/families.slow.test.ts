// Every family of encoders is fine-tuned through the command line on every form of data there is, from a tiny
// checkpoint with the kind of tokenizer that its published ones have; what was saved evaluates to the same loss.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runProgram } from "../../src/cli/run-program.js";
import { architectures } from "../../src/models/index.js";
import { evaluate } from "../../src/workflows/index.js";
import { type Form, forms } from "./task-forms.js";
import { tinyFamilies, writeTinyFamily } from "./tiny-families.js";
import { temporaryFolder, tinyRows, writeRows } from "./tiny-model.js";

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

/** Fine-tune a model through the command line, and see that what was saved has the loss that was told. */
async function fineTuned(
  folder: string,
  model: string,
  files: { readonly train: string; readonly validation: string },
  ...settings: string[]
): Promise<string> {
  const output = join(folder, "run");
  await tsugiki(
    ...["fine-tune", "--model", model, "--train-file", files.train, "--validation-file", files.validation],
    ...["--output-dir", output, "--threads", "1", "--batch-size", "8", "--max-steps", "6"],
    ...["--learning-rate", "5e-3", "--evaluate-every", "3", ...settings],
  );
  const saved: Record<string, number> = JSON.parse(await readFile(join(output, "eval_results.json"), "utf8"));
  const { loss } = await evaluate({ model: output, data: files.validation, threads: 1 });
  assert.ok(Number.isFinite(loss), `the loss is ${loss}`);
  assert.ok(Math.abs(loss! - saved["eval_loss"]!) < 1e-6, `${loss} against ${saved["eval_loss"]}`);
  return output;
}

async function runningText(folder: string): Promise<{ train: string; validation: string }> {
  const write = async (name: string, count: number, seed: number): Promise<string> => {
    const path = join(folder, name);
    await writeFile(
      path,
      tinyRows(count, seed)
        .map(({ text }) => `${text}\n`)
        .join(""),
    );
    return path;
  };
  return { train: await write("train.txt", 60, 21), validation: await write("dev.txt", 20, 22) };
}

for (const modelType of Object.keys(tinyFamilies))
  describe(`fine-tuning ${modelType}`, () => {
    const { classNames } = architectures.find((architecture) => architecture.modelType === modelType)!;
    for (const [name, { rows, options = {} }] of formsOf(modelType))
      test(name, async (t) => {
        const folder = await temporaryFolder(t);
        const files = {
          train: await writeRows(join(folder, "train.jsonl"), rows(32, 21)),
          validation: await writeRows(join(folder, "dev.jsonl"), rows(14, 22)),
        };
        const settings = [
          ...(options.classWeights === undefined ? [] : ["--class-weights", String(options.classWeights)]),
          ...(options.threshold === undefined ? [] : ["--threshold", String(options.threshold)]),
        ];
        await fineTuned(folder, await writeTinyFamily(folder, modelType), files, ...settings);
      });

    if (classNames.has("masked-lm"))
      test("hidden words", async (t) => {
        const folder = await temporaryFolder(t);
        const files = await runningText(folder);
        const model = await writeTinyFamily(folder, modelType);
        await fineTuned(folder, model, files, "--task", "masked-language-modelling");
      });

    if (classNames.has("causal-lm"))
      test("the next word, and text that is written then", async (t) => {
        const folder = await temporaryFolder(t);
        const files = await runningText(folder);
        const model = await writeTinyFamily(folder, modelType, { is_decoder: true });
        const output = await fineTuned(folder, model, files, "--task", "language-modelling");
        const written = await tsugiki(
          ...["generate", "--model", output, "--text", "the film", "--max-new-tokens", "5", "--threads", "1"],
        );
        assert.match(written, /\b5 tokens/);
      });
  });
