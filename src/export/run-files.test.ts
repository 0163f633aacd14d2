import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type EvaluationResult,
  evaluationResults,
  type RunState,
  resultsText,
  type TrainResult,
  trainerStateText,
  trainResults,
} from "./run-files.js";

/*
 * What Trainer of transformers 5.23.0 wrote for a tiny BERT, 20 rows, 2 epochs, with `save_metrics` and
 * `save_state`, as run_glue.py calls them. Two things differ and were taken out of it by hand: Python
 * writes whole floats as `2.0`, and it counts operations (`total_flos`) and keeps the state of its own callbacks.
 */
const pythonTrainResults = `{
    "epoch": 2,
    "train_loss": 0.69288010597229,
    "train_runtime": 0.3728,
    "train_samples": 20,
    "train_samples_per_second": 107.284,
    "train_steps_per_second": 26.821
}`;
const pythonEvaluationResults = `{
    "epoch": 2,
    "eval_accuracy": 0.5,
    "eval_loss": 0.6945582628250122,
    "eval_runtime": 0.0056,
    "eval_samples": 10,
    "eval_samples_per_second": 1800.44,
    "eval_steps_per_second": 360.088
}`;
const pythonAllResults = `{
    "epoch": 2,
    "eval_accuracy": 0.5,
    "eval_loss": 0.6945582628250122,
    "eval_runtime": 0.0056,
    "eval_samples": 10,
    "eval_samples_per_second": 1800.44,
    "eval_steps_per_second": 360.088,
    "train_loss": 0.69288010597229,
    "train_runtime": 0.3728,
    "train_samples": 20,
    "train_samples_per_second": 107.284,
    "train_steps_per_second": 26.821
}`;
const pythonState = `{
  "best_global_step": 5,
  "best_metric": 0.5,
  "best_model_checkpoint": "out/checkpoint-5",
  "epoch": 2,
  "eval_steps": 500,
  "global_step": 10,
  "is_hyper_param_search": false,
  "is_local_process_zero": true,
  "is_world_process_zero": true,
  "log_history": [
    {
      "epoch": 1,
      "grad_norm": 0.13347969949245453,
      "learning_rate": 0.0006,
      "loss": 0.6937101364135743,
      "step": 5
    },
    {
      "epoch": 1,
      "eval_accuracy": 0.5,
      "eval_loss": 0.6945582628250122,
      "eval_runtime": 0.0106,
      "eval_samples_per_second": 943.049,
      "eval_steps_per_second": 188.61,
      "step": 5
    },
    {
      "epoch": 2,
      "grad_norm": 0.41856706142425537,
      "learning_rate": 0.0001,
      "loss": 0.6920500755310058,
      "step": 10
    },
    {
      "epoch": 2,
      "eval_accuracy": 0.5,
      "eval_loss": 0.6947985887527466,
      "eval_runtime": 0.0048,
      "eval_samples_per_second": 2087.965,
      "eval_steps_per_second": 417.593,
      "step": 10
    },
    {
      "epoch": 2,
      "step": 10,
      "train_loss": 0.69288010597229,
      "train_runtime": 0.3728,
      "train_samples_per_second": 107.284,
      "train_steps_per_second": 26.821
    }
  ],
  "logging_steps": 5,
  "max_steps": 10,
  "num_input_tokens_seen": 0,
  "num_train_epochs": 2,
  "save_steps": 500,
  "stateful_callbacks": {},
  "total_flos": 0,
  "train_batch_size": 4,
  "trial_name": null,
  "trial_params": null
}
`;

// Seconds such that 40 rows in them give 107.284 a second, and likewise below.
const trained: TrainResult = {
  epoch: 2,
  loss: 0.69288010597229,
  seconds: 40 / 107.284,
  rowCount: 20,
  rowsSeen: 40,
  stepCount: 10,
};

function evaluated(epoch: number, loss: number, rowsPerSecond: number): EvaluationResult {
  return {
    epoch,
    loss,
    metrics: { accuracy: 0.5 },
    seconds: 10 / rowsPerSecond,
    rowCount: 10,
    batchCount: 2,
  };
}

const final = evaluated(2, 0.6945582628250122, 1800.44);

describe("run files are what Python's Trainer writes", () => {
  test("train_results.json", () => assert.equal(resultsText(trainResults(trained)), pythonTrainResults));

  test("eval_results.json", () =>
    assert.equal(resultsText(evaluationResults(final)), pythonEvaluationResults));

  test("all_results.json", () => {
    assert.equal(resultsText(trainResults(trained), evaluationResults(final)), pythonAllResults);
  });

  test("trainer_state.json", () => {
    const state: RunState = {
      epoch: 2,
      step: 10,
      maxSteps: 10,
      epochCount: 2,
      batchSize: 4,
      loggingSteps: 5,
      best: { metric: 0.5, step: 5, checkpoint: "out/checkpoint-5" },
      history: [
        {
          kind: "train",
          epoch: 1,
          step: 5,
          loss: 0.6937101364135743,
          gradientNorm: 0.13347969949245453,
          learningRate: 0.0006,
        },
        { kind: "evaluation", step: 5, result: evaluated(1, 0.6945582628250122, 943.049) },
        {
          kind: "train",
          epoch: 2,
          step: 10,
          loss: 0.6920500755310058,
          gradientNorm: 0.41856706142425537,
          learningRate: 0.0001,
        },
        { kind: "evaluation", step: 10, result: evaluated(2, 0.6947985887527466, 2087.965) },
        { kind: "end", step: 10, result: trained },
      ],
    };
    assert.equal(trainerStateText(state), pythonState);
  });
});

describe("run files", () => {
  test("write names of ours and of Python's alike, and no prefix twice", () => {
    const result = { ...final, metrics: { macroF1: 0.1, exact_match: 0.2, eval_f1: 0.3 } };
    const keys = Object.keys(evaluationResults(result));
    for (const key of ["eval_macro_f1", "eval_exact_match", "eval_f1"]) assert.ok(keys.includes(key), key);
    assert.ok("predict_macro_f1" in evaluationResults(result, "predict"));
  });

  test("leave out what is not known", () => {
    const bare = evaluationResults({ metrics: {}, seconds: 0, rowCount: 3, batchCount: 1 });
    assert.deepEqual(bare, { eval_runtime: 0, eval_samples: 3 });
    const state = JSON.parse(
      trainerStateText({ epoch: 0.5, step: 3, maxSteps: 6, epochCount: 0.7, batchSize: 8, history: [] }),
    );
    assert.equal(state.best_metric, null);
    assert.equal(state.num_train_epochs, 1);
    assert.deepEqual(state.log_history, []);
  });

  test("give tokens a second where tokens were counted", () => {
    assert.equal(
      trainResults({ ...trained, seconds: 2, tokensSeen: 3001 })["train_tokens_per_second"],
      1500.5,
    );
  });
});
