import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { TsugikiError } from "../base/index.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { fineTuneCommand } from "./commands/fine-tune.js";
import { predictCommand } from "./commands/predict.js";
import { readCommandLine } from "./read-command-line.js";

const folder = mkdtempSync(join(tmpdir(), "tsugiki-config-"));
after(() => rmSync(folder, { recursive: true }));

function config(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function refusal(words: string[]): Promise<{ message: string; hint: string | undefined }> {
  try {
    await readCommandLine(fineTuneCommand, words);
  } catch (error) {
    assert.ok(error instanceof TsugikiError, String(error));
    return { message: error.message.replace(`${folder}/`, ""), hint: error.hint };
  }
  return assert.fail("it was taken");
}

describe("a config file", () => {
  test("gives options under all their names, and flags win", async () => {
    const path = config(
      "run.yaml",
      [
        "# a run",
        "model: rootstocks/ja-small",
        "train_file: areas.jsonl",
        "outputDirectory: out",
        "learning-rate: 2e-5",
        "num_train_epochs: 3",
        "seeds: [1, 2]",
        "class_weights: { 要素: 2, API: 0.5 }",
        "new-tokens:",
        '  - "a,b"',
        "revision:",
        "do_train: true",
        "text-column: 1",
      ].join("\n"),
    );
    const { options, notes, common } = await readCommandLine(fineTuneCommand, [
      "--config",
      path,
      "--epochs",
      "5",
      "--json",
      "--seeds",
      "7",
    ]);
    assert.deepEqual(options, {
      model: "rootstocks/ja-small",
      train: "areas.jsonl",
      outputDirectory: "out",
      learningRate: 2e-5,
      epochs: 5,
      seeds: [7],
      classWeights: { 要素: 2, API: 0.5 },
      newTokens: ["a,b"],
      textColumn: "1",
    });
    assert.deepEqual(common, { config: path, json: true });
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /run\.yaml, line 12: do_train: fine-tune always trains/);
  });

  test("may be JSON, or empty", async () => {
    const path = config("run.json", '{"model": "m",\n "output_dir": "o"}');
    assert.deepEqual((await readCommandLine(fineTuneCommand, ["-c", path])).options, {
      model: "m",
      outputDirectory: "o",
    });
    const words = ["--config", config("empty.yaml", "# nothing\n"), "-m", "m", "-o", "o"];
    assert.deepEqual((await readCommandLine(fineTuneCommand, words)).options, {
      model: "m",
      outputDirectory: "o",
    });
  });

  test("errors name file, line and key", async () => {
    const near = await refusal(["--config", config("a.yaml", "model: m\n\nlearnig_rate: 1\n")]);
    assert.deepEqual(near, {
      message: "a.yaml, line 3: learnig_rate: there is no such option",
      hint: "did you mean learning_rate?",
    });
    const range = await refusal(["--config", config("b.yaml", "model: m\nepochs: 0\n")]);
    assert.equal(range.message, "b.yaml, line 2: epochs: expected a number above 0, got 0");
    const syntax = await refusal(["--config", config("c.yaml", "model: m\nepochs: [1\n")]);
    assert.match(syntax.message, /^c\.yaml, line \d: expected YAML, got: /);
    const twice = await refusal(["--config", config("d.yaml", "model: m\nmodel: n\n")]);
    assert.match(twice.message, /^d\.yaml, line 2: expected YAML, got: /);
    const list = await refusal(["--config", config("e.yaml", "- model\n")]);
    assert.equal(list.message, "e.yaml: expected one `option: value` a line, got something else");
    const none = await refusal(["--config", join(folder, "none.yaml")]);
    assert.equal(none.message, "none.yaml: expected a config file, found none that can be read");
    const own = await refusal(["--config", config("f.yaml", "model: m\njson: true\n")]);
    assert.equal(own.message, "f.yaml, line 2: json: there is no such option");
  });

  test("bombs of aliases and of brackets are refused", async () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? "x" : `*a${i - 1},`.repeat(9)}]`,
    );
    assert.match(
      (await refusal(["--config", config("bomb.yaml", levels.join("\n"))])).message,
      /^bomb\.yaml/,
    );
  });
});

describe("words without a flag", () => {
  test("are texts of predict, and JSON objects where they look so", async () => {
    const { options } = await readCommandLine(predictCommand, [
      "-m",
      "m",
      "a, b",
      '{"question": "q"}',
      "{not JSON",
    ]);
    assert.deepEqual(options, { model: "m", inputs: ["a, b", { question: "q" }, "{not JSON"] });
  });

  test("are a mistake elsewhere", async () => {
    assert.deepEqual(await refusal(["-m", "m", "-o", "o", "epochs=3"]), {
      message: '"epochs=3": expected a flag, got a word that belongs to none',
      hint: "did you mean --epochs?",
    });
  });
});

test("evaluate understands the names of the data file that other commands have", async () => {
  for (const flag of ["--data-file", "-d", "--test_file", "--validation-file", "--data"])
    assert.deepEqual((await readCommandLine(evaluateCommand, ["-m", "m", flag, "x"])).options, {
      model: "m",
      data: "x",
    });
});

test("help needs nothing else to be right", async () => {
  assert.deepEqual((await readCommandLine(fineTuneCommand, ["--help"])).common, { help: true });
});
