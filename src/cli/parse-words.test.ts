import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fineTuneRows, predictRows } from "../workflows/options.js";
import { parseWords } from "./parse-words.js";

/** What was given, by name. */
function given(words: string, rows = fineTuneRows as typeof predictRows): Record<string, unknown> {
  return Object.fromEntries(parseWords(rows, words.split(" ")).given.map(({ name, value }) => [name, value]));
}

describe("parseWords", () => {
  test("the value after the flag, behind an equals sign, after a letter", () => {
    for (const words of ["--model a/b", "--model=a/b", "-m a/b", "-m=a/b", "--model_name_or_path a/b"])
      assert.deepEqual(given(words), { model: "a/b" }, words);
    assert.deepEqual(given("--class-weights a=2"), { classWeights: "a=2" });
    assert.deepEqual(parseWords(fineTuneRows, ["--model=a b"]).given[0]?.value, "a b");
    assert.deepEqual(parseWords(fineTuneRows, ["--model="]).given[0]?.value, "");
  });

  test("the place is the flag as it was written", () => {
    assert.deepEqual(
      parseWords(fineTuneRows, ["--train_file", "x", "-b=4"]).given.map(({ place }) => place),
      ["--train_file", "-b"],
    );
  });

  test("switches alone, off, and with Python's words", () => {
    assert.deepEqual(given("--bucketing --seed 1"), { bucketing: true, seed: "1" });
    assert.deepEqual(given("--no-bucketing --no_keep_best"), { bucketing: false, keepBest: false });
    assert.deepEqual(given("--load_best_model_at_end False --dry-run"), { keepBest: "False", dryRun: true });
    assert.deepEqual(given("--bucketing=no"), { bucketing: "no" });
    assert.deepEqual(parseWords(predictRows, ["--offline", "a text"]).positionals, ["a text"]);
  });

  test("a flag that may stand alone takes the word after it unless that is a flag", () => {
    assert.deepEqual(given("--resume --seed 1"), { resume: true, seed: "1" });
    assert.deepEqual(given("--resume out/checkpoint-5 --seed 1"), { resume: "out/checkpoint-5", seed: "1" });
    assert.deepEqual(given("--no-resume"), { resume: false });
  });

  test("lists grow, with commas and with repeated flags", () => {
    assert.deepEqual(given("--seeds 1,2 --seed 9 --seeds 3"), { seeds: ["1", "2", "3"], seed: "9" });
    assert.deepEqual(parseWords(predictRows, ["--text", "a, b", "--text=c"]).given, [
      { name: "inputs", value: ["a, b", "c"], place: "--text" },
    ]);
  });

  test("a list takes the words after its flag where no word stands without one", () => {
    assert.deepEqual(given("--seeds 1 2,3 --seed 9"), { seeds: ["1", "2", "3"], seed: "9" });
    assert.deepEqual(parseWords(fineTuneRows, ["--seeds=1", "2"]).positionals, ["2"]);
    assert.deepEqual(parseWords(predictRows, ["--text", "a", "b"]).positionals, ["b"]);
  });

  test("negative numbers are values, and texts may begin with a dash", () => {
    assert.deepEqual(given("--learning-rate -1"), { learningRate: "-1" });
    assert.deepEqual(given("--no-answer-threshold -.5"), { noAnswerThreshold: "-.5" });
    assert.deepEqual(
      parseWords(predictRows, ["-5 degrees", "--so it goes", "-", "--", "--model"]).positionals,
      ["-5 degrees", "--so it goes", "-", "--model"],
    );
  });

  test("Python's own flags with and without a value", () => {
    assert.deepEqual(given("--do_train --do-eval True --report_to tensorboard --seed 1"), {
      "--do_train": true,
      "--do-eval": "True",
      "--report_to": "tensorboard",
      seed: "1",
    });
  });

  test("a flag without its value says what it wants", () => {
    assert.throws(() => parseWords(fineTuneRows, ["--epochs"]), {
      name: "OptionError",
      message: "--epochs: expected a number above 0, got nothing",
    });
    assert.throws(() => parseWords(fineTuneRows, ["--model", "--train-file", "x"]), {
      message: "--model: expected a model directory or a name on the Hub, got the flag --train-file",
    });
    assert.throws(() => parseWords(fineTuneRows, ["-z", "1"]), { message: "-z: there is no such option" });
  });
});
