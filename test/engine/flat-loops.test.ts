import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../../src/base/random.js";
import type { Tensor } from "../../src/base/tensor.js";
import {
  absolute,
  add,
  divide,
  exp,
  input,
  multiply,
  referenceRuntime,
  sqrt,
  subtract,
  type Value,
} from "../../src/engine/index.js";
import { type FlatRange, wasmLoops } from "../../src/engine/runtimes/flat-loops.js";
import { nodeLoopThreads } from "../../src/engine/runtimes/node-loop-threads.js";
import { optimizers } from "../../src/training/optimizers/index.js";
import { flatUpdateGraph } from "../../src/training/update-plan.js";

const size = 4096 + 12;

/** Run a graph of flat arrays as a fused loop and on the reference, and compare every output. */
async function compare(
  graph: ReadonlyMap<string, Value>,
  arrayNames: readonly string[],
  scalars: Record<string, number>,
): Promise<void> {
  const random = new Random(5);
  const loops = wasmLoops((arrayNames.length + graph.size) * size * 4)!;
  const inputs = Object.fromEntries(
    arrayNames.map((name) => {
      const array = loops.allocate(size);
      for (let i = 0; i < size; i++) array[i] = 0.1 + random.uniform();
      return [name, array];
    }),
  );
  const outputs = Object.fromEntries([...graph.keys()].map((name) => [name, loops.allocate(size)]));
  loops.compile(graph)(inputs, outputs, scalars);
  const program = await referenceRuntime().compile(graph);
  const feeds = new Map<string, Tensor>([
    ...Object.entries(inputs).map(([name, data]): [string, Tensor] => [
      name,
      { dtype: "float32", shape: [size], data },
    ]),
    ...Object.entries(scalars).map(([name, value]): [string, Tensor] => [
      name,
      { dtype: "float32", shape: [], data: Float32Array.of(value) },
    ]),
  ]);
  for (const [name, { data }] of await program.run(feeds))
    (data as Float64Array).forEach((expected, i) => {
      const got = outputs[name]![i]!;
      assert.ok(
        Math.abs(got - expected) <= 1e-6 * Math.max(1, Math.abs(expected)),
        `${name}[${i}]: ${got}, not ${expected}`,
      );
    });
}

describe("wasmLoops", () => {
  test("every instruction gives what the reference gives", async () => {
    const [a, b, s] = [input("a", ["size"]), input("b", ["size"]), input("s", [])];
    const graph = new Map([
      ["sum", add(a, b)],
      ["difference", subtract(a, b)],
      ["product", multiply(a, s)],
      ["quotient", divide(a, b)],
      ["root", sqrt(b)],
      ["size", absolute(subtract(a, b))],
      ["constant", add(multiply(a, 0.5), 3)],
    ]);
    await compare(graph, ["a", "b"], { s: 0.75 });
  });

  const updates = Object.values(optimizers).map((make) => make(0.01));
  for (const optimizer of updates.filter(({ shapedState }) => shapedState === undefined))
    test(`the update of ${optimizer.name} is that of its graph`, async () => {
      const graph = flatUpdateGraph(optimizer);
      const states = optimizer.stateNames.map((state) => `state:${state}`);
      const scalars = Object.entries({ ...optimizer.scalars(3, 0.01, 0.01), clip: 0.5 });
      await compare(
        graph,
        ["parameter", "gradient", ...states],
        Object.fromEntries(scalars.map(([key, value]) => [`scalar:${key}`, value])),
      );
    });

  for (const threadCount of [1, 3])
    test(`${threadCount} more threads give the same bytes, and touch nothing outside the ranges`, async () => {
      const length = 300_000;
      const ranges: FlatRange[] = [
        { start: 4, end: 120_000 },
        { start: 120_016, end: 120_016 },
        { start: 120_040, end: 299_996 },
      ];
      const graph = new Map([
        ["x", add(multiply(input("x", ["size"]), input("s", [])), 0.1)],
        ["y", sqrt(absolute(input("x", ["size"])))],
      ]);
      const bytes = [];
      for (const count of [0, threadCount]) {
        const loops = wasmLoops(2 * 4 * length, (memory) => nodeLoopThreads(memory, count))!;
        const arrays = { x: loops.allocate(length), y: loops.allocate(length) };
        for (let i = 0; i < length; i++) arrays.x[i] = Math.sin(i);
        const loop = loops.compile(graph);
        for (const s of [0.5, 0.75]) loop({ x: arrays.x }, arrays, { s }, ranges);
        for (const i of [0, 3, 120_000, 120_039, 299_999])
          assert.equal(arrays.x[i], Math.fround(Math.sin(i)));
        bytes.push(Buffer.from(arrays.x.slice().buffer), Buffer.from(arrays.y.slice().buffer));
        await loops.close();
      }
      assert.ok(bytes[0]!.equals(bytes[2]!) && bytes[1]!.equals(bytes[3]!));
    });

  test("sums squares over many blocks", () => {
    const loops = wasmLoops(4 * 100_000)!;
    const array = loops.allocate(100_000);
    for (let i = 0; i < array.length; i++) array[i] = Math.sin(i);
    const expected = array.reduce((sum, value) => sum + value * value, 0);
    assert.ok(Math.abs(loops.sumOfSquares(array) - expected) < 1e-5 * expected);
  });

  test("refuses ops without an instruction, arrays of another memory, and more than WebAssembly has", () => {
    const loops = wasmLoops(1024)!;
    const x = input("x", ["size"]);
    assert.throws(() => loops.compile(new Map([["y", exp(x)]])), /internal: exp knows no SIMD instruction/);
    const loop = loops.compile(new Map([["y", add(x, 1)]]));
    assert.throws(() => loop({ x: new Float32Array(8) }, { y: loops.allocate(8) }, {}), /not of its memory/);
    assert.throws(() => loops.allocate(1 << 20), /no room/);
    assert.equal(wasmLoops(2 ** 33), undefined);
  });
});
