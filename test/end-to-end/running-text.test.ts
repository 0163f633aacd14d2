// Truncated back-propagation through time: the loss and the gradient's norm of each step are those of PyTorch, which goes
// on from the state of the step before and lets nothing flow back into it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { float32, int64, Random, type Tensor } from "../../src/base/index.js";
import { input, leaves } from "../../src/engine/index.js";
import { readSafetensorsFile } from "../../src/hub/index.js";
import { matchWeights, modelInputs } from "../../src/models/index.js";
import { lstmLm } from "../../src/models/lstm-lm.js";
import { forTraining } from "../../src/nn/index.js";
import { labelLoss } from "../../src/objectives/index.js";
import { schedules, sgd, Trainer } from "../../src/training/index.js";
import { repository } from "../shared.js";

const golden = join(repository, "test", "golden");

interface Steps {
  readonly learning_rate: number;
  readonly max_norm: number;
  /** Tokens of a step. */
  readonly step: number;
  readonly texts: readonly (readonly number[])[];
  readonly losses: readonly number[];
  readonly gradient_norms: readonly number[];
}

for (const name of ["onnxruntime", "reference"] as const)
  test(`losses and gradients of a language model on a running text, ${name}`, async () => {
    const folder = join(golden, "models", "lstm-lm");
    const read = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));
    const steps = read(join(golden, "training", "lstm-lm-steps.json")) as Steps;
    const network = lstmLm.readConfig(read(join(folder, "config.json")) as Record<string, never>, folder);
    const inputs = { ...modelInputs("causal-lm"), carriesState: true };
    const { heads, state } = network.build("causal-lm", 0, inputs, forTraining());
    const shape = ["batch", "sequence"];
    const loss = labelLoss(heads.get("logits")!, input("labels", shape, "int64"), input("weights", shape));
    const checkpoint = await readSafetensorsFile(join(folder, "model.safetensors"));
    const { weights } = matchWeights(lstmLm, leaves([loss], "parameter"), checkpoint, new Random(1), folder);
    const trainer = await Trainer.create({
      ...{ loss, weights, state: state!, optimizer: sgd(), runtime: { name, threads: 1 } },
      ...{ schedule: schedules.constant(steps.learning_rate, 0, 1), maxGradientNorm: steps.max_norm },
    });
    const close = (got: number, expected: number, what: string): void =>
      assert.ok(Math.abs(got - expected) < 1e-4 * expected, `${what}: ${got} against ${expected}`);
    try {
      for (const [i, expected] of steps.losses.entries()) {
        const part = (from: number): number[] =>
          steps.texts.flatMap((text) => text.slice(from, from + steps.step));
        const sizes = [steps.texts.length, steps.step];
        const count = sizes[0]! * sizes[1]!;
        const result = await trainer.step([
          new Map<string, Tensor>([
            ["ids", int64(sizes, part(i * steps.step))],
            ["labels", int64(sizes, part(i * steps.step + 1))],
            ["weights", float32(sizes, new Float32Array(count).fill(1 / count))],
          ]),
        ]);
        close(result.loss, expected, `loss of step ${i + 1}`);
        close(result.gradientNorm, steps.gradient_norms[i]!, `gradient of step ${i + 1}`);
      }
    } finally {
      await trainer.close();
    }
  });
