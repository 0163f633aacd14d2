import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { float32, type Tensor, toNumbers } from "../base/index.js";
import {
  add,
  gradient,
  input,
  matmul,
  multiply,
  parameter,
  referenceRuntime,
  sum,
  tanh,
  type Value,
} from "../engine/index.js";
import { gradientGraph } from "./gradient-graph.js";
import { type Feeds, Learner, type StepResult } from "./learner.js";
import { sgd } from "./optimizers/index.js";
import { updatePlan } from "./update-plan.js";

const weight = parameter("weight", [2, 2]);
const state = input("state", ["batch", 2]);
const x = input("x", ["batch", 2]);
const next = tanh(add(matmul(state, weight), x));
const loss = sum(multiply(next, next));
const start = [0.5, -0.3, 0.8, 0.1];

async function learner(): Promise<Learner> {
  const slots = [{ name: "weight", shape: [2, 2], group: 0 }];
  const made = new Learner(referenceRuntime(), slots, 1);
  made.setParameters(new Map([["weight", float32([2, 2], start)]]));
  const { outputs, plan } = gradientGraph(
    loss,
    [weight],
    [],
    [{ name: "state", input: state, output: next }],
  );
  await made.prepareTraining({ gradients: outputs, plan, update: updatePlan(sgd(), slots) });
  return made;
}

function step(of: Learner, batches: readonly Feeds[], startsAnew = false): Promise<StepResult> {
  const scalars = [sgd().scalars(1, 0, 0)]; // a rate of 0: the weights stay
  return of.step({ step: 1, seed: 1, batches, scalars, maxGradientNorm: undefined, startsAnew });
}

const batch = (...numbers: number[]): Feeds => new Map([["x", float32([numbers.length / 2, 2], numbers)]]);

/** The loss and the gradient of a step after the given rows, which flow is cut before. */
async function expected(rows: readonly Feeds[]): Promise<{ loss: number; gradient: readonly number[] }> {
  const outputs = new Map<string, Value>([
    ["loss", loss],
    ["gradient", gradient(loss, [weight])[0]!],
    ["next", next],
  ]);
  const program = await referenceRuntime().compile(outputs);
  const size = rows[0]!.get("x")!.shape[0]!;
  let carried: Tensor = { dtype: "float64", shape: [size, 2], data: new Float64Array(2 * size) };
  let results: ReadonlyMap<string, Tensor> = new Map();
  for (const row of rows) {
    results = await program.run(new Map([...row, ["state", carried], ["weight", float32([2, 2], start)]]));
    carried = results.get("next")!;
  }
  const numbers = (name: string): readonly number[] => [...toNumbers("float64", results.get(name)!.data)];
  return { loss: numbers("loss")[0]!, gradient: numbers("gradient") };
}

function assertNear(got: readonly number[], wanted: readonly number[]): void {
  for (const [i, value] of wanted.entries())
    assert.ok(Math.abs(got[i]! - value) < 1e-6, `${got[i]} against ${value}`);
}

describe("state carried from step to step of training", () => {
  const [a, b, c] = [batch(0.3, 0.9, -0.4, 0.2), batch(-0.7, 0.1, 0.6, 0.5), batch(0.2, 0.2, -0.9, 0.4)];

  test("goes on where the step before ended, and nothing flows back into it", async () => {
    const own = await learner();
    for (const [i, row] of [a, b, c].entries()) {
      const result = await step(own, [row]);
      const wanted = await expected([a, b, c].slice(0, i + 1));
      assertNear([result.loss], [wanted.loss]);
      assertNear([...own.gradients.get("weight")!.data], wanted.gradient);
    }
    await own.close();
  });

  test("begins anew where told so; of fewer rows, each goes on from the row in its place", async () => {
    const own = await learner();
    await step(own, [a]);
    assertNear([(await step(own, [b], true)).loss], [(await expected([b])).loss]);
    const [firstOfB, single] = [batch(-0.7, 0.1), batch(0.1, -0.8)];
    assertNear([(await step(own, [single])).loss], [(await expected([firstOfB, single])).loss]);
    await own.close();
  });

  test("each micro-batch has a state of its own", async () => {
    const own = await learner();
    await step(own, [a, b]);
    const { loss: both } = await step(own, [b, c]);
    assertNear([both], [(await expected([a, b])).loss + (await expected([b, c])).loss]);
    await own.close();
  });

  test("is written and taken up with the optimizer's state", async () => {
    const [own, other] = [await learner(), await learner()];
    await step(own, [a, b]);
    other.setOptimizerState(own.optimizerState);
    assertNear([(await step(other, [c, c])).loss], [(await step(own, [c, c])).loss]);
    await own.close();
    await other.close();
  });

  test("a gradient without a step begins with zeros and changes nothing", async () => {
    const own = await learner();
    await step(own, [a]);
    assertNear([await own.differentiate(b)], [(await expected([b])).loss]);
    assertNear([(await step(own, [c])).loss], [(await expected([a, c])).loss]);
    await own.close();
  });
});
