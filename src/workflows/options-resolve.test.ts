import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OptionError } from "../base/index.js";
import {
  canonicalName,
  checkOptions,
  evaluateRows,
  type FineTuneOptions,
  fillFineTuneOptions,
  fineTuneDefaults,
  fineTuneRows,
  namesOf,
  type OptionTable,
  predictRows,
  pythonNames,
  resolveOptions,
  verifyRows,
} from "./options.js";

const needed = [
  { name: "--model", value: "m", place: "--model" },
  { name: "--output-dir", value: "o", place: "--output-dir" },
];

function read(name: string, value: unknown): Record<string, unknown> {
  const { options } = resolveOptions(fineTuneRows, [...needed, { name, value, place: name }]);
  const { model, outputDirectory, ...rest } = options as FineTuneOptions & Record<string, unknown>;
  assert.ok(model !== undefined && outputDirectory !== undefined);
  return rest;
}

function refusal(name: string, value: unknown): { message: string; hint: string | undefined } {
  try {
    read(name, value);
  } catch (error) {
    assert.ok(error instanceof OptionError, String(error));
    return { message: error.message, hint: error.hint };
  }
  return assert.fail(`${name} ${JSON.stringify(value)} was taken`);
}

/** A text that each kind of value reads, by what help shows of it. */
function sample(placeholder: string): string {
  if (placeholder === "") return "true";
  if (placeholder === "N" || placeholder === "N,...") return "7";
  if (placeholder === "X" || placeholder === "X|auto") return "0.25";
  return placeholder.includes("|") ? placeholder.split("|")[0]!.replace("N", "7") : "name";
}

const tables: Record<string, OptionTable<unknown>> = {
  "fine-tune": fineTuneRows,
  evaluate: evaluateRows,
  predict: predictRows,
  verify: verifyRows,
};

describe("option tables", () => {
  for (const [command, rows] of Object.entries(tables)) {
    test(`${command}: every name leads to one row, in both cases`, () => {
      const seen = new Map<string, string>();
      for (const row of rows) {
        for (const name of namesOf(row)) {
          assert.match(name, /^[a-z][a-z0-9_]*$/);
          assert.ok(!seen.has(name), `${name} is both ${seen.get(name)} and ${row.key}`);
          assert.ok(!pythonNames.includes(name), `${name} is an option and one of Python's flags`);
          seen.set(name, row.key);
        }
      }
      const letters = rows.flatMap(({ short }) => short ?? []);
      assert.equal(new Set(letters).size, letters.length);
      for (const row of rows) {
        assert.match(row.help, /^[^A-Z].*([^.]|\.\.\.)$/, `${row.key}: ${row.help}`);
        for (const name of namesOf(row))
          for (const written of [`--${name}`, `--${name.replaceAll("_", "-")}`, name, row.key]) {
            const others = rows
              .filter((other) => other.required && other !== row)
              .map((other) => ({ name: other.key, value: "x", place: "" }));
            const value = sample(row.kind.placeholder);
            const { options } = resolveOptions(rows, [...others, { name: written, value, place: written }]);
            const given = (options as Record<string, unknown>)[row.key];
            assert.notEqual(given, undefined, `${written} ${value}`);
            assert.deepEqual(row.kind.read(given), given, "what was read can be read again");
          }
      }
    });

    test(`${command}: defaults are values that the option takes`, () => {
      for (const row of rows)
        if (row.default !== undefined) assert.deepEqual(row.kind.read(row.default), row.default, row.key);
    });
  }

  test("the table's defaults are those that are filled in", () => {
    const shown = fineTuneRows.filter((row) => row.default !== undefined && !row.required);
    assert.deepEqual(Object.fromEntries(shown.map((row) => [row.key, row.default])), { ...fineTuneDefaults });
    const given = { model: "m", outputDirectory: "o", seed: 7, dropout: undefined };
    const filled = fillFineTuneOptions(given as unknown as FineTuneOptions);
    assert.deepEqual(filled, { ...fineTuneDefaults, model: "m", outputDirectory: "o", seed: 7 });
  });

  test("names of the Python scripts", () => {
    const same: Record<string, keyof FineTuneOptions> = {
      model_name_or_path: "model",
      tokenizer_name: "tokenizer",
      train_file: "train",
      validation_file: "validation",
      test_file: "test",
      data_dir: "dataDirectory",
      task_name: "task",
      output_dir: "outputDirectory",
      overwrite_output_dir: "overwrite",
      per_device_train_batch_size: "batchSize",
      per_device_eval_batch_size: "evaluationBatchSize",
      gradient_accumulation_steps: "accumulationSteps",
      learning_rate: "learningRate",
      num_train_epochs: "epochs",
      max_steps: "maxSteps",
      max_seq_length: "maxLength",
      doc_stride: "stride",
      lr_scheduler_type: "schedule",
      optim: "optimizer",
      warmup_ratio: "warmupRatio",
      warmup_steps: "warmupSteps",
      weight_decay: "weightDecay",
      max_grad_norm: "maxGradientNorm",
      save_steps: "saveEvery",
      eval_steps: "evaluateEvery",
      logging_steps: "logEvery",
      save_total_limit: "saveTotalLimit",
      load_best_model_at_end: "keepBest",
      metric_for_best_model: "bestMetric",
      early_stopping_patience: "patience",
      resume_from_checkpoint: "resume",
      max_answer_length: "maxAnswerLength",
      n_best_size: "bestCount",
      null_score_diff_threshold: "noAnswerThreshold",
      max_train_samples: "maxTrainExamples",
      max_eval_samples: "maxValidationExamples",
      gradient_checkpointing: "gradientCheckpointing",
      group_by_length: "bucketing",
      text_column_name: "textColumn",
      label_column_name: "labelColumn",
      seed: "seed",
    };
    for (const [name, key] of Object.entries(same)) {
      const row = fineTuneRows.find((row) => namesOf(row).includes(name));
      assert.equal(row?.key, key, name);
    }
  });
});

describe("resolveOptions", () => {
  test("reads texts and plain values as what the option is", () => {
    assert.deepEqual(read("--learning_rate", "2e-5"), { learningRate: 2e-5 });
    assert.deepEqual(read("epochs", 3), { epochs: 3 });
    assert.deepEqual(read("--num-train-epochs", "3.0"), { epochs: 3 });
    assert.deepEqual(read("--batch-size", "32.0"), { batchSize: 32 });
    assert.deepEqual(read("--text-column", 1), { textColumn: "1" });
    assert.deepEqual(read("--task_name", "ner"), { task: "token-classification" });
    assert.deepEqual(read("--task_name", "SST2"), { task: "text-classification" });
    assert.deepEqual(read("--problem_type", "multi_label_classification"), { problem: "multi-label" });
    assert.deepEqual(read("--eval-steps", "100"), { evaluateEvery: 100 });
    assert.deepEqual(read("--evaluate-every", "epoch"), { evaluateEvery: "epoch" });
    assert.deepEqual(read("--threshold", "auto"), { threshold: "auto" });
    assert.deepEqual(read("--class-weights", "balanced"), { classWeights: "balanced" });
    assert.deepEqual(read("--class-weights", "a=b=2, c=0.5"), { classWeights: { "a=b": 2, c: 0.5 } });
    assert.deepEqual(read("classWeights", { cat: 2 }), { classWeights: { cat: 2 } });
    assert.deepEqual(read("--load_best_model_at_end", "False"), { keepBest: false });
    assert.deepEqual(read("resume", true), { resume: true });
    assert.deepEqual(read("--resume", "out/checkpoint-5"), { resume: "out/checkpoint-5" });
    assert.deepEqual(read("seeds", [1, 2]), { seeds: [1, 2] });
    assert.deepEqual(read("newTokens", ["a,b"]), { newTokens: ["a,b"] }, "a YAML list is taken as it stands");
    assert.deepEqual(read("revision", null), {}, "an empty YAML value is none");
    assert.deepEqual(read("--max_steps", "-1"), {}, "Python's word for no limit");
  });

  test("refuses what does not fit, with what was expected and what came", () => {
    const cases: [string, unknown, string][] = [
      ["--learning-rate", "fast", 'expected a number above 0, got "fast"'],
      ["--learning-rate", "0", 'expected a number above 0, got "0"'],
      ["--learning-rate", "Infinity", 'expected a number above 0, got "Infinity"'],
      ["--learning-rate", "0x10", 'expected a number above 0, got "0x10"'],
      ["--batch-size", "1.5", 'expected a whole number, 1 or more, got "1.5"'],
      ["--batch-size", "", "expected a whole number, 1 or more, got nothing"],
      ["--validation-split", "1", 'expected a number above 0 and below 1, got "1"'],
      ["--warmup-ratio", "1.1", 'expected a number from 0 to 1, got "1.1"'],
      ["--dropout", 1, "expected a number from 0 and below 1, got 1"],
      ["--dtype", "int8", 'expected float32, float16 or bfloat16, got "int8"'],
      ["--evaluate-every", "0", 'expected a whole number, 1 or more, or epoch, got "0"'],
      ["--bucketing", "maybe", 'expected true or false, got "maybe"'],
      [
        "seeds",
        ["1", "x"],
        "expected a whole number from 0 to 4294967295, or several with commas between them, got an array of 2",
      ],
      [
        "--class-weights",
        "heavy",
        'expected none or balanced, or names with a number, 0 or more each (cat=2,dog=0.5), got "heavy"',
      ],
      ["model", {}, "expected a model directory or a name on the Hub, got an object"],
    ];
    for (const [name, value, text] of cases) assert.equal(refusal(name, value).message, `${name}: ${text}`);
  });

  test("names the nearest option, as it was written", () => {
    assert.deepEqual(refusal("--epoch", "3"), {
      message: "--epoch: there is no such option",
      hint: "did you mean --epochs?",
    });
    assert.equal(refusal("--learnig_rate", "3").hint, "did you mean --learning-rate?");
    assert.equal(refusal("learnig_rate", "3").hint, "did you mean learning_rate?");
    assert.equal(refusal("--do-trian", true).hint, "did you mean --do-train?");
    assert.equal(refusal("--quantum", "3").hint, "see all options with --help");
  });

  test("what is required", () => {
    assert.throws(() => resolveOptions(fineTuneRows, needed.slice(1)), {
      name: "OptionError",
      message: "--model: expected a model directory or a name on the Hub, got nothing",
    });
  });

  test("the two flags of the tutorials are enough", () => {
    const line = [
      { name: "--model_name_or_path", value: "m", place: "" },
      { name: "--train_file", value: "train.json", place: "" },
    ];
    assert.deepEqual(resolveOptions(fineTuneRows, line).options, {
      model: "m",
      train: "train.json",
      outputDirectory: "fine-tuned",
    });
  });

  test("the last value holds", () => {
    const seeds = ["1", "2"].map((value) => ({ name: "--seed", value, place: "--seed" }));
    assert.equal(resolveOptions(fineTuneRows, [...needed, ...seeds]).options.seed, 2);
  });

  test("options of a program are checked the same way", () => {
    const options: FineTuneOptions = { model: "m", outputDirectory: "o", epochs: 2, classWeights: { a: 1 } };
    assert.deepEqual(checkOptions(fineTuneRows, options), options);
    assert.throws(() => checkOptions(fineTuneRows, { ...options, dropout: 2 }), {
      message: "dropout: expected a number from 0 and below 1, got 2",
    });
  });
});

describe("flags of the Python scripts that are no options", () => {
  const notes = (name: string, value: unknown): readonly string[] =>
    resolveOptions(fineTuneRows, [...needed, { name, value, place: name }]).notes;

  test("are accepted, and what they mean here is said", () => {
    assert.match(notes("--do_train", true)[0]!, /^--do_train: fine-tune always trains/);
    assert.match(notes("--do-eval", true)[0]!, /^--do-eval: evaluation takes place/);
    assert.match(notes("--report_to", "wandb")[0]!, /wandb gets no report; TensorBoard/);
    assert.deepEqual(notes("--report_to", "tensorboard"), []);
    assert.deepEqual(notes("--fp16", "False"), []);
    assert.deepEqual(notes("--overwrite_cache", true), []);
  });

  test("are translated where an option says the same", () => {
    assert.deepEqual(read("--eval_strategy", "epoch"), { evaluateEvery: "epoch" });
    assert.deepEqual(read("--eval_strategy", "steps"), {});
    assert.deepEqual(read("--no_cuda", true), { device: "cpu" });
  });

  test("are refused with a way out where it is not done", () => {
    for (const name of ["--fp16", "--bf16"]) {
      const { message, hint } = refusal(name, true);
      assert.equal(message, `${name}: this flag of the Python scripts is not taken here other than false`);
      assert.match(hint!, /--precision bf16/);
    }
    assert.match(refusal("--dataset_name", "imdb").hint!, /--train-file/);
    assert.match(refusal("--adam_beta2", "0.98").hint!, /0\.999/);
    assert.deepEqual(read("--adam_beta2", "0.999"), {});
  });

  test("every name is canonical", () => {
    for (const name of pythonNames) assert.equal(canonicalName(name), name);
  });
});
