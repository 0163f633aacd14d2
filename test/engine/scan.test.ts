import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Random } from "../../src/base/random.js";
import { float32, sizeOf, type Tensor, toNumbers } from "../../src/base/tensor.js";
import {
  add,
  allOps,
  fromPlainGraph,
  gradient,
  inOrder,
  input,
  leaves,
  matmul,
  multiply,
  nameOf,
  type Program,
  parameter,
  type Runtime,
  recomputedGradient,
  referenceRuntime,
  reshape,
  scan,
  slice,
  sum,
  tanh,
  toOnnx,
  toPlainGraph,
  type Value,
} from "../../src/engine/index.js";
import { onnxRuntime } from "../../src/engine/runtimes/onnxruntime-node.js";
import { decodeOnnx, encodeOnnx } from "../../src/formats/onnx/index.js";

const runtimes: readonly Runtime[] = [referenceRuntime(), onnxRuntime({ threads: 2 })];
const programs: Program[] = [];
after(() => Promise.all(programs.map((program) => program.close())));

async function run(
  runtime: Runtime,
  outputs: ReadonlyMap<string, Value>,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const program = await runtime.compile(outputs);
  programs.push(program);
  return program.run(feeds);
}

/** A layer with a weight, a bias, an elementwise factor and a matrix computed outside, all of which steps share. */
const weight = parameter("weight", [3, 3]);
const bias = parameter("bias", [3]);
const factor = parameter("factor", [3]);
const doubled = multiply(weight, 2);

function step(state: Value, row: Value): Value {
  const recalled = matmul(state, weight, { transposeB: true, bias });
  return tanh(add(add(recalled, multiply(row, factor)), matmul(multiply(state, factor), doubled)));
}

/** The same recurrence as a loop, and one step after the other; both weigh all states and the last one. */
function losses(stepCount: number, reverse: boolean): { looped: Value; unrolled: Value } {
  const start = input("start", ["batch", 3]);
  const rows = input("rows", ["steps", "batch", 3]);
  const weights = input("weights", ["steps", "batch", 3]);
  const looped = scan(
    [start],
    [rows],
    ([state], [row]) => {
      const next = step(state!, row!);
      return { states: [next], outputs: [next] };
    },
    { reverse },
  );
  const dot = (a: Value, b: Value): Value => reshape(sum(multiply(a, b)), []);
  let state = start;
  let unrolled: Value | undefined;
  for (let i = 0; i < stepCount; i++) {
    const at = reverse ? stepCount - 1 - i : i;
    const rowOf = (x: Value): Value => reshape(slice(x, 0, at, at + 1), ["batch", 3]);
    state = step(state, rowOf(rows));
    const term = dot(state, rowOf(weights));
    unrolled = unrolled === undefined ? term : add(unrolled, term);
  }
  return {
    looped: add(dot(looped.outputs[0]!, weights), dot(looped.states[0]!, start)),
    unrolled: add(unrolled!, dot(state, start)),
  };
}

function feedsFor(values: readonly Value[], sizes: Readonly<Record<string, number>>): Map<string, Tensor> {
  const random = new Random(5);
  return new Map(
    [...leaves(values, "input"), ...leaves(values, "parameter")].map((value) => {
      const shape = value.shape.map((size) => (typeof size === "string" ? sizes[size]! : size));
      return [
        nameOf(value),
        float32(
          shape,
          Array.from({ length: sizeOf(shape) }, () => random.uniform() - 0.5),
        ),
      ];
    }),
  );
}

function assertClose(got: Tensor, expected: Tensor, tolerance: number, what: string): void {
  assert.deepEqual([...got.shape], [...expected.shape], what);
  const [a, b] = [toNumbers(got.dtype, got.data), toNumbers(expected.dtype, expected.data)];
  a.forEach((v, i) => {
    assert.ok(Math.abs(v - b[i]!) <= tolerance, `${what}[${i}]: ${v} against ${b[i]}`);
  });
}

describe("scan", () => {
  const targets = [input("start", ["batch", 3]), input("rows", ["steps", "batch", 3]), weight, bias, factor];
  const sizes = { steps: 4, batch: 2 };

  for (const reverse of [false, true])
    for (const runtime of runtimes)
      test(`is the same steps one after the other, ${reverse ? "backwards" : "forwards"}, ${runtime.name}`, async () => {
        const { looped, unrolled } = losses(sizes.steps, reverse);
        const found = (loss: Value): Value[] => {
          const own = new Map(leaves([loss], "input").map((value) => [nameOf(value), value]));
          return targets.map((value) => (value.source.kind === "input" ? own.get(nameOf(value))! : value));
        };
        const [a, b] = [gradient(looped, found(looped)), gradient(unrolled, found(unrolled))];
        const outputs = new Map<string, Value>([
          ["looped loss", looped],
          ["unrolled loss", unrolled],
        ]);
        a.forEach((value, i) => {
          outputs.set(`looped ${nameOf(targets[i]!)}`, value!);
          outputs.set(`unrolled ${nameOf(targets[i]!)}`, b[i]!);
        });
        const results = await run(runtime, outputs, feedsFor([...outputs.values()], sizes));
        const tolerance = runtime.name === "reference" ? 1e-12 : 1e-5;
        for (const what of ["loss", ...targets.map(nameOf)])
          assertClose(results.get(`looped ${what}`)!, results.get(`unrolled ${what}`)!, tolerance, what);
      });

  test("can be differentiated twice", async () => {
    const { looped, unrolled } = losses(3, false);
    const outputs = new Map<string, Value>();
    for (const [name, loss] of Object.entries({ looped, unrolled })) {
      const [first] = gradient(loss, [weight]);
      gradient(sum(multiply(first!, first!)), [weight, factor]).forEach((value, i) => {
        outputs.set(`${name} ${i}`, value!);
      });
    }
    for (const runtime of runtimes) {
      const results = await run(runtime, outputs, feedsFor([...outputs.values()], { steps: 3, batch: 2 }));
      for (const i of [0, 1])
        assertClose(results.get(`looped ${i}`)!, results.get(`unrolled ${i}`)!, 1e-4, `second ${i}`);
    }
  });

  test("the gradient of a weight is one product over all steps, outside of the loop", () => {
    const start = input("start", ["batch", 3]);
    const { states } = scan([start], [input("rows", ["steps", "batch", 3])], ([state], [row]) => ({
      states: [tanh(matmul(state!, weight, { transposeB: true, bias: row! }))],
      outputs: [],
    }));
    const [dWeight] = gradient(sum(states[0]!), [weight]);
    const ops = inOrder([dWeight!]).flatMap((source) => (source.kind === "op" ? [source] : []));
    const loops = ops.filter(({ op }) => op.name === "scan");
    assert.equal(loops.length, 2);
    const inBody = inOrder((loops[1]!.attributes as { body: { values: Value[] } }).body.values);
    const products = inBody.flatMap((source) =>
      source.kind === "op" && source.op.name === "matmul" ? [source] : [],
    );
    assert.equal(products.length, 1); // what flows to the state before
    assert.equal(ops.filter(({ op }) => op.name === "matmul").length, 1);
  });

  test("what does not depend on the step is computed once, outside", () => {
    const { looped } = losses(3, false);
    const loop = inOrder([looped]).find((source) => source.kind === "op" && source.op.name === "scan")!;
    const { body } = (loop as { attributes: { body: { inputs: Value[]; values: Value[] } } }).attributes;
    const products = inOrder(body.values).filter(
      (source) => source.kind === "op" && source.op.name === "multiply",
    );
    assert.equal(products.length, 2);
    assert.equal(body.inputs.length, 2 + 4); // weight, bias, factor, and the weight doubled
  });

  test("a runtime writes of a step only what is read", () => {
    const { looped } = losses(3, false);
    const model = toOnnx(new Map([["loss", looped]]), { contributedOps: true, outerValues: true });
    const loop = model.graph.nodes.find((node) => node.type === "Scan")!;
    assert.equal(loop.outputs.length, 2);
    const copy = decodeOnnx(encodeOnnx(model), "m.onnx");
    assert.deepEqual(
      Object.keys(copy.graph.nodes.find((node) => node.type === "Scan")!.attributes).length,
      4,
    );
  });

  test("goes from thread to thread as plain data, and through gradient checkpointing", async () => {
    const { looped } = losses(4, false);
    const boundaries = [leaves([looped], "input").find((value) => nameOf(value) === "rows")!, looped];
    const outputs = new Map<string, Value>([
      ["loss", looped],
      ["kept", gradient(looped, [weight])[0]!],
      ["recomputed", recomputedGradient(looped, [weight], boundaries)[0]!],
    ]);
    const ops = new Map(allOps.map(({ definition }) => [definition.name, definition]));
    const copy = fromPlainGraph(structuredClone(toPlainGraph(outputs)), ops);
    const feeds = feedsFor([...outputs.values()], sizes);
    const [expected, got] = [await run(runtimes[1]!, outputs, feeds), await run(runtimes[1]!, copy, feeds)];
    for (const name of outputs.keys()) assert.deepEqual(got.get(name)!.data, expected.get(name)!.data, name);
    assert.deepEqual(expected.get("recomputed")!.data, expected.get("kept")!.data);
  });
});
