import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../../test/shared.js";
import { float32, int64, sizeOf, type Tensor } from "../../base/index.js";
import {
  crossEntropy,
  input,
  layerNormalization,
  matmul,
  mean,
  parameter,
  reshape,
  tanh,
  type Value,
} from "../../engine/index.js";
import { openRuntime, type RuntimeSpec } from "../../engine/runtimes/node.js";
import { gradientGraph } from "../gradient-graph.js";
import { Learner } from "../learner.js";
import { constantSchedule, cosineSchedule, linearSchedule, type Schedule } from "../schedules/index.js";
import { updatePlan } from "../update-plan.js";
import {
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamW,
  lamb,
  nadam,
  type Optimizer,
  optimizers,
  radam,
  rmsprop,
  sgd,
} from "./index.js";

const golden = "golden/optim/optimizers.json";

type Numbers = readonly (number | readonly number[])[];

interface GoldenStep {
  readonly loss: number;
  readonly lr: readonly (number | null)[];
  readonly grads_before_clipping: Readonly<Record<string, Numbers>>;
  readonly grad_norm: number | null;
  readonly params_after: Readonly<Record<string, Numbers>>;
}

interface Case {
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly maxGradientNorm?: number;
  /** How far parameters and gradients may be away, in float32; default 1e-5. */
  readonly bound?: number;
  /** Whether a parameter decays; default: all do. */
  readonly decays?: (name: string) => boolean;
  /** The learning rate of a parameter, as a share; default: 1. */
  readonly share?: (name: string) => number;
}

const flat = (rate: number): Schedule => constantSchedule(rate, 0, 20);
const isMatrix = (name: string): boolean => name === "w1" || name === "w2";

/** By the golden's name: our optimizer with its settings. */
const cases: Record<string, Case> = {
  adamw: { optimizer: adamW({ weightDecay: 0.1 }), schedule: flat(0.05) },
  "adamw-betas": {
    optimizer: adamW({ betas: [0.8, 0.98], epsilon: 1e-6, weightDecay: 0.01 }),
    schedule: flat(0.02),
  },
  "adamw-amsgrad": { optimizer: adamW({ amsgrad: true, weightDecay: 0.01 }), schedule: flat(0.05) },
  "adam-l2": { optimizer: adam({ weightDecay: 0.1 }), schedule: flat(0.05) },
  sgd: { optimizer: sgd(), schedule: flat(0.2) },
  "sgd-momentum": { optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }), schedule: flat(0.1) },
  "sgd-nesterov": { optimizer: sgd({ momentum: 0.9, nesterov: true }), schedule: flat(0.1) },
  "sgd-momentum-dampening": { optimizer: sgd({ momentum: 0.9, dampening: 0.5 }), schedule: flat(0.1) },
  // it divides the first gradients by themselves: rounding of a small one moves its parameter as far as any other
  adagrad: { optimizer: adagrad(), schedule: flat(0.1), bound: 5e-5 },
  rmsprop: { optimizer: rmsprop({ smoothing: 0.9, momentum: 0.5 }), schedule: flat(0.02) },
  adadelta: { optimizer: adadelta(), schedule: flat(1) },
  nadam: { optimizer: nadam(), schedule: flat(0.02), bound: 5e-5 },
  radam: { optimizer: radam(), schedule: flat(0.02) },
  adamax: { optimizer: adamax(), schedule: flat(0.02) },
  "adafactor-relative": { optimizer: adafactor({ relativeStep: "warmup" }), schedule: flat(0) },
  // as with adagrad, and it grows: noise of 3e-8 on the gradients moves PyTorch's own trace by up to 2e-4
  "adafactor-fixed": {
    bound: 2.5e-4,
    optimizer: adafactor({ scaleByParameter: false, weightDecay: 0.01 }),
    schedule: flat(0.05),
  },
  "adafactor-scale-beta1": { optimizer: adafactor({ beta1: 0.9 }), schedule: flat(0.1) },
  lamb: { optimizer: lamb(), schedule: flat(0.05) },
  "lamb-debias": { optimizer: lamb({ biasCorrection: true }), schedule: flat(0.05) },
  "bert-recipe": {
    optimizer: adamW({ weightDecay: 0.1 }),
    schedule: linearSchedule(0.05, 4, 20),
    maxGradientNorm: 0.5,
    decays: isMatrix,
  },
  "adamw-cosine-clip": {
    optimizer: adamW({ weightDecay: 0.01 }),
    schedule: cosineSchedule(0.05, 5, 20),
    maxGradientNorm: 1,
  },
  "sgd-linear": { optimizer: sgd({ momentum: 0.9 }), schedule: linearSchedule(0.3, 0, 20) },
  "discriminative-lr": {
    optimizer: adamW({ weightDecay: 0 }),
    schedule: flat(0.05),
    share: (name) => (name === "w1" || name === "b1" ? 1 / 2.6 : 1),
  },
};

/** The golden's model: `cross_entropy(tanh(layer_norm(X w1^T + b1)) w2^T + b2, Y)`. */
function goldenLoss(): { loss: Value; parameters: Value[] } {
  const [w1, b1] = [parameter("w1", [5, 4]), parameter("b1", [5])];
  const [weight, bias] = [parameter("ln.weight", [5]), parameter("ln.bias", [5])];
  const [w2, b2] = [parameter("w2", [3, 5]), parameter("b2", [3])];
  const hidden = matmul(input("X", ["batch", 4]), w1, { transposeB: true, bias: b1 });
  const normed = tanh(layerNormalization(hidden, weight, bias, 1e-5));
  const logits = matmul(normed, w2, { transposeB: true, bias: b2 });
  const losses = crossEntropy(logits, input("Y", ["batch"], "int64"));
  return { loss: reshape(mean(losses, [0]), []), parameters: [w1, b1, weight, bias, w2, b2] };
}

/** A tensor of nested lists. */
function tensorOf(numbers: Numbers, shape: readonly number[]): Tensor<"float32"> {
  return float32(shape, numbers.flat());
}

async function followTrace(
  { optimizer, schedule, maxGradientNorm, bound = 1e-5, decays = () => true, share = () => 1 }: Case,
  steps: readonly GoldenStep[],
  runtime: RuntimeSpec,
): Promise<void> {
  const { X, Y, initial } = sharedJson(golden) as {
    X: Numbers;
    Y: number[];
    initial: Record<string, Numbers>;
  };
  const { loss, parameters } = goldenLoss();
  const shapes = new Map(Object.entries(initial).map(([name, n]) => [name, [n.length, ...sizeWithin(n)]]));
  const names = [...shapes.keys()];
  const slots = names.map((name, group) => ({ name, shape: shapes.get(name)!, group })); // a group each
  const learner = new Learner(await openRuntime(runtime), slots, names.length);
  try {
    const { outputs, plan } = gradientGraph(loss, parameters);
    await learner.prepareTraining({
      ...{ gradients: outputs, plan, update: updatePlan(optimizer, slots) },
    });
    learner.setParameters(new Map(names.map((name) => [name, tensorOf(initial[name]!, shapes.get(name)!)])));
    const feeds = new Map<string, Tensor>([
      ["X", tensorOf(X, [8, 4])],
      ["Y", int64([8], Y)],
    ]);
    for (const [i, expected] of steps.entries()) {
      const rate = schedule(i);
      const scalars = names.map((name) =>
        optimizer.scalars(i + 1, rate * share(name), decays(name) ? optimizer.weightDecay : 0),
      );
      const result = await learner.step({ step: i + 1, seed: 0, batches: [feeds], scalars, maxGradientNorm });
      const place = `step ${i + 1}`;
      assert.ok(
        Math.abs(result.loss - expected.loss) < Math.max(1e-5, bound / 4),
        `${place}: loss ${result.loss}`,
      );
      if (expected.grad_norm !== null)
        assert.ok(Math.abs(result.gradientNorm - expected.grad_norm) < 1e-5, `${place}: gradient norm`);
      if (expected.lr.at(-1) !== null)
        // Adafactor may find the rate by itself
        assert.ok(Math.abs(rate - expected.lr.at(-1)!) < 1e-12, `${place}: rate ${rate}`);
      for (const name of names) {
        const gradient = learner.gradients.get(name)!;
        assertClose(gradient, expected.grads_before_clipping[name]!, bound, `${place}, gradient of ${name}`);
        assertClose(learner.parameters.get(name)!, expected.params_after[name]!, bound, `${place}, ${name}`);
      }
    }
  } finally {
    await learner.close();
  }
}

function sizeWithin(numbers: Numbers): number[] {
  return Array.isArray(numbers[0]) ? [numbers[0].length] : [];
}

function assertClose({ data }: Tensor, expected: Numbers, bound: number, place: string): void {
  const numbers = expected.flat();
  assert.equal(data.length, numbers.length, place);
  numbers.forEach((number, k) => {
    assert.ok(Math.abs(Number(data[k]) - number) < bound, `${place} [${k}]: ${data[k]}, expected ${number}`);
  });
}

describe("20 steps of each optimizer as in PyTorch: losses, gradients, parameters", needs(golden), () => {
  test("all optimizers of the golden are here", () => {
    assert.deepEqual(Object.keys(sharedJson(golden).traces).sort(), Object.keys(cases).sort());
  });
  for (const runtime of ["reference", "onnxruntime"] as const)
    for (const [name, settings] of Object.entries(cases))
      test(`${name}, ${runtime}`, async () => {
        const { steps } = sharedJson(golden).traces[name] as { steps: GoldenStep[] };
        assert.equal(steps.length, 20);
        await followTrace(settings, steps, { name: runtime, threads: 1 });
      });
});

describe("every optimizer", () => {
  for (const [name, make] of Object.entries(optimizers))
    test(`${name}: is called so, keeps a number still that has no gradient, and shrinks it by decay`, async () => {
      const optimizer = make(0.1);
      assert.equal(optimizer.name, name);
      assert.equal(optimizer.weightDecay, 0.1);
      const { graphs, states } = updatePlan(optimizer, [{ name: "x", shape: [2], group: 0 }]);
      const program = await (await openRuntime({ name: "reference" })).compile([...graphs.values()][0]!);
      const moved = async (decay: number): Promise<number[]> => {
        const scalars = Object.entries({ ...optimizer.scalars(1, 0.01, decay), clip: 1 });
        const feeds = new Map<string, Tensor>([
          ["parameter", float32([2], [1, -2])],
          ["gradient", float32([2], [0, 0])],
          ...[...states].map(
            ([
              state,
              {
                shapes: [shape],
              },
            ]) => [`state:${state}`, float32(shape!, new Float32Array(sizeOf(shape!)))] as const,
          ),
          ...scalars.map(([key, value]) => [`scalar:${key}`, float32([], [value])] as const),
        ]);
        return Array.from((await program.run(feeds)).get("new:parameter")!.data, Number);
      };
      assert.deepEqual(await moved(0), [1, -2]);
      const [a, b] = await moved(0.1);
      assert.ok(a! < 1 && a! > 0 && b! > -2 && b! < 0, `${a} ${b}`);
    });
});
