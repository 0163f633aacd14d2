import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../../../test/shared.js";
import { fromBfloat16, type Tensor } from "../../base/index.js";
import { openRuntime, type RuntimeSpec } from "../../engine/runtimes/node.js";
import { decodeSafetensors } from "../../formats/safetensors.js";
import { layOut } from "../arena.js";
import { adamW, lamb } from "../optimizers/index.js";
import { openUpdate } from "../update.js";
import { stateByteCount, type UpdatePlan, updatePlan } from "../update-plan.js";
import { dynamicMap } from "./dynamic-map.js";
import { formatOf, keptState, type StateFormat } from "./index.js";

const goldenFile = join(repository, "test/golden/training/eight-bit-states.safetensors");
const golden = decodeSafetensors(readFileSync(goldenFile), goldenFile).tensors;
const goldenOf = (name: string): number[] => Array.from(golden.get(name)!.data, Number);
const floats = (numbers: readonly number[]): Float32Array => Float32Array.from(numbers);

/** All numbers of a state of a parameter with so many. */
function readAll(state: ReturnType<typeof keptState>, size: number): Float32Array {
  const numbers = new Float32Array(size);
  state.read(0, numbers);
  return numbers;
}

describe("states in eight bits are those of bitsandbytes", () => {
  for (const [name, signed] of [
    ["signed", true],
    ["unsigned", false],
  ] as const) {
    test(`the ${name} map`, () => {
      const expected = goldenOf(`map.${name}`);
      dynamicMap(signed).values.forEach((value, code) => {
        assert.ok(
          Math.abs(value - expected[code]!) <= 2e-7 * Math.abs(expected[code]!),
          `code ${code}: ${value}`,
        );
      });
    });

    test(`codes and scales, ${name}`, () => {
      const numbers = goldenOf("numbers").map(signed ? (number) => number : Math.abs);
      const state = keptState("int8", [numbers.length], signed);
      state.write(0, floats(numbers), 0);
      assert.deepEqual(Array.from(state.arrays.get("")!.data, Number), goldenOf(`codes.${name}`));
      assert.deepEqual(Array.from(state.arrays.get(".scales")!.data, Number), goldenOf(`scales.${name}`));
    });
  }

  test("the nearest of all codes is found, for numbers of every size and sign", () => {
    const { values } = dynamicMap(true);
    const numbers = Float32Array.from(
      { length: 20_000 },
      (_, i) => (i % 2 === 0 ? 1 : -1) * 10 ** (-8 * ((i * 0.618034) % 1)),
    );
    numbers[0] = 1; // of the scale of each block
    const state = keptState("int8", [numbers.length], true);
    for (let start = 0; start < numbers.length; start += 256) numbers[start] = 1;
    state.write(0, numbers, 0);
    readAll(state, numbers.length).forEach((got, i) => {
      const nearest = values.reduce((a, b) =>
        Math.abs(b - numbers[i]!) < Math.abs(a - numbers[i]!) ? b : a,
      );
      assert.equal(got, nearest, `${numbers[i]}`);
    });
  });

  for (const runtime of ["reference", "onnxruntime"] as const)
    test(`six steps of AdamW with quantised moments, ${runtime}`, async () => {
      const { parameter, states } = await adamSteps(runtime, "int8");
      const expected = goldenOf("step.parameter");
      parameter.forEach((value, i) => {
        assert.ok(Math.abs(value - expected[i]!) < 1e-5, `parameter ${i}: ${value}, expected ${expected[i]}`);
      });
      for (const name of ["firstMoment", "secondMoment"]) {
        const codes = goldenOf(`step.${name}`);
        const got = Array.from(states.get(`${name}/x`)!.data, Number);
        // sums in another order may fall on the other side of a bound
        const others = got.filter((code, i) => code !== codes[i]!);
        assert.ok(others.length <= 2, `${others.length} other codes of ${name}`);
        const scales = goldenOf(`step.${name}.scales`);
        Array.from(states.get(`${name}.scales/x`)!.data, Number).forEach((scale, i) => {
          assert.ok(Math.abs(scale - scales[i]!) <= 1e-5 * scales[i]!, `scale ${i} of ${name}`);
        });
      }
    });
});

describe("states in bf16", () => {
  const size = 4096;

  test("are rounded to a neighbour, by how near it is, and each draw to the same", () => {
    const [low, high] = [fromBfloat16(0x3f80), fromBfloat16(0x3f81)]; // 1 and 1.0078125
    const number = low + 0.25 * (high - low);
    const rounded = (draw: number): Float32Array => {
      const state = keptState("bf16", [size], true);
      state.write(0, new Float32Array(size).fill(-number), draw);
      return readAll(state, size);
    };
    const once = rounded(7);
    assert.ok(once.every((value) => value === -low || value === -high));
    const share = once.filter((value) => value === -high).length / size;
    assert.ok(Math.abs(share - 0.25) < 0.03, `${share} rounded away from 0`);
    assert.deepEqual(rounded(7), once);
    assert.notDeepEqual(rounded(8), once);
  });

  test("keep what eight bits of mantissa hold, and go on where a piece ends", () => {
    const numbers = floats(Array.from({ length: 600 }, (_, i) => (i % 3) - 1.5));
    const whole = keptState("bf16", [600], true);
    whole.write(0, numbers, 1);
    assert.deepEqual(readAll(whole, 600), numbers);
    const pieces = keptState("bf16", [600], true);
    const third = numbers.map((value) => value / 3);
    whole.write(0, third, 5);
    pieces.write(0, third.subarray(0, 256), 5);
    pieces.write(256, third.subarray(256), 5);
    assert.deepEqual(readAll(pieces, 600), readAll(whole, 600));
  });

  test("a moment that moves by a thousandth a step follows the one in single precision", () => {
    const state = keptState("bf16", [size], false);
    const numbers = new Float32Array(size);
    for (let step = 1; step <= 1000; step++) {
      state.read(0, numbers);
      for (let i = 0; i < size; i++) numbers[i] = numbers[i]! * 0.999 + 0.001;
      state.write(0, numbers, step);
    }
    const mean = readAll(state, size).reduce((sum, value) => sum + value, 0) / size;
    assert.ok(Math.abs(mean - (1 - 0.999 ** 1000)) < 2e-3, `${mean}`);
  });

  for (const runtime of ["reference", "onnxruntime"] as const)
    test(`AdamW moves as with states in single precision, nearly, ${runtime}`, async () => {
      const [exact, rounded] = [await adamSteps(runtime, "fp32"), await adamSteps(runtime, "bf16")];
      const furthest = Math.max(
        ...exact.parameter.map((value, i) => Math.abs(value - rounded.parameter[i]!)),
      );
      assert.ok(furthest > 0 && furthest < 2e-3, `${furthest}`);
    });
});

describe("which states are kept how", () => {
  const slots = [
    { name: "table", shape: [100, 64], group: 0 },
    { name: "matrix", shape: [100, 64], group: 0 },
    { name: "bias", shape: [64], group: 0 },
  ];

  test("in eight bits only large ones that are no tables; the bytes are told", () => {
    assert.equal(formatOf("int8", [63, 64], false), "fp32");
    assert.equal(formatOf("int8", [64, 64], false), "int8");
    const plan = updatePlan(adamW(), slots, { format: "int8", tables: new Set(["table"]) });
    assert.deepEqual(plan.states.get("firstMoment")!.formats, ["fp32", "int8", "fp32"]);
    assert.equal(plan.states.get("firstMoment")!.signed, true);
    assert.equal(plan.states.get("secondMoment")!.signed, false);
    assert.equal(stateByteCount(plan), 2 * (6400 * 4 + 6400 * (1 + 4 / 256) + 64 * 4));
    assert.equal(stateByteCount(updatePlan(adamW(), slots, { format: "bf16" })), 2 * 12_864 * 2);
  });

  test("an optimizer that looks at whole parameters keeps them so, too", async () => {
    const steps = async (format: StateFormat): Promise<Float32Array> => {
      const runtime = await openRuntime({ name: "reference" });
      const layout = layOut(slots, 1);
      const optimizer = lamb();
      const update = await openUpdate(runtime, layout, updatePlan(optimizer, slots, { format }));
      const { parameters, gradients } = update;
      parameters.groups[0]!.set(parameters.groups[0]!.map((_, i) => Math.cos(i)));
      gradients.groups[0]!.set(gradients.groups[0]!.map((_, i) => Math.sin(i)));
      for (const step of [1, 2, 3]) await update.run([optimizer.scalars(step, 0.01, 0.01)], 1, step);
      return parameters.view("matrix").data;
    };
    const exact = await steps("fp32");
    for (const format of ["bf16", "int8"] as const) {
      const near = await steps(format);
      const furthest = Math.max(...exact.map((value, i) => Math.abs(value - near[i]!)));
      assert.ok(furthest > 0 && furthest < 0.02, `${format}: ${furthest}`);
    }
  });
});

/** The steps of the golden over one parameter `x` of 600 numbers. */
async function adamSteps(
  name: RuntimeSpec["name"] & string,
  format: StateFormat,
): Promise<{ parameter: Float32Array; states: ReadonlyMap<string, Tensor> }> {
  const size = 600;
  const optimizer = adamW({ weightDecay: 0.1 });
  const slots = [{ name: "x", shape: [size], group: 0 }];
  const { graphs, states } = updatePlan(optimizer, slots);
  const plan: UpdatePlan = {
    graphs,
    states: new Map([...states].map(([state, own]) => [state, { ...own, formats: [format] }])), // small as it is
  };
  const update = await openUpdate(await openRuntime({ name, threads: 1 }), layOut(slots, 1), plan);
  const [parameter, gradient] = [update.parameters.view("x").data, update.gradients.view("x").data];
  parameter.set(parameter.map((_, i) => Math.cos(i)));
  for (let step = 1; step <= 6; step++) {
    gradient.set(gradient.map((_, i) => Math.sin(i * 0.7 + step * 1.3) * 10 ** -(i % 5)));
    await update.run([optimizer.scalars(step, 0.01, 0.1)], 1, step);
  }
  await update.close();
  return { parameter: parameter.slice(), states: update.stateArrays };
}
