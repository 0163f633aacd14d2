// Values of PyTorch for single layers, ops and losses: outputs, and gradients of a weighted sum of them.
import assert from "node:assert/strict";
import { float32, int64, sizeOf, type Tensor, toNumbers } from "../src/base/index.js";
import {
  gradient,
  input,
  leaves,
  multiply,
  nameOf,
  type Program,
  type Runtime,
  referenceRuntime,
  reshape,
  sum,
  type Value,
} from "../src/engine/index.js";
import { onnxRuntime } from "../src/engine/runtimes/onnxruntime-node.js";
import { readSafetensorsFile } from "../src/hub/index.js";
import { sharedPath } from "./shared.js";

/** The file of attention variants, transformer layers, single ops and losses, within `shared`. */
export const layerGoldens = "golden/layers/attention_ops.safetensors";

/** Who must agree with PyTorch. */
export const goldenRuntimes: readonly Runtime[] = [onnxRuntime({ threads: 1 }), referenceRuntime()];

/** A golden tensor, or some of its rows: PyTorch keeps query, key and value in one. */
export type GoldenPart = string | { readonly name: string; readonly rows: readonly [number, number] };

export interface LayerCase {
  /** Its name in the golden file. */
  readonly name: string;
  /** Which golden tensor each of our parameters is. */
  readonly parameters?: Readonly<Record<string, GoldenPart>>;
  /** Parameters that PyTorch's function does not have, and what they hold throughout. */
  readonly untrained?: Readonly<Record<string, number>>;
  /** What comes out of the golden inputs: `out`, and `weights` where they are stored. */
  build(inputs: Readonly<Record<string, Value>>): { readonly out: Value; readonly weights?: Value };
}

/** Assert that outputs, loss and all gradients of a case are those of PyTorch. */
export async function assertLikePyTorch(layer: LayerCase, runtime: Runtime): Promise<void> {
  const golden = await caseTensors(layer.name);
  const feeds = new Map<string, Tensor>();
  const inputs: Record<string, Value> = {};
  for (const [key, tensor] of golden) {
    if (!key.startsWith("in.")) continue;
    const name = key.slice(3);
    const isMask = name.endsWith("mask"); // stored as floats
    inputs[name] = input(name, tensor.shape, isMask ? "int64" : "float32");
    feeds.set(name, isMask ? int64(tensor.shape, toNumbers(tensor.dtype, tensor.data)) : tensor);
  }
  const { out, weights } = layer.build(inputs);
  const loss = reshape(sum(multiply(out, input("w", out.shape))), []);
  feeds.set("w", golden.get("w")!);
  const outputs = new Map<string, Value>([
    ["out", out],
    ["loss", loss],
    ...(weights === undefined ? [] : ([["weights", weights]] as const)),
  ]);
  const expected = new Map(["out", "loss"].map((name) => [name, golden.get(name)!]));
  if (golden.has("weights")) expected.set("weights", golden.get("weights")!);
  const targets: [string, Value, GoldenPart][] = Object.entries(inputs)
    .filter(([name]) => golden.has(`grad.${name}`))
    .map(([name, value]) => [name, value, name]);
  for (const parameter of leaves([loss], "parameter")) {
    const held = layer.untrained?.[nameOf(parameter)];
    if (held !== undefined) {
      const shape = parameter.shape as readonly number[];
      feeds.set(nameOf(parameter), float32(shape, new Float32Array(sizeOf(shape)).fill(held)));
      continue;
    }
    const part = layer.parameters?.[nameOf(parameter)];
    assert.ok(part !== undefined, `${nameOf(parameter)} has no golden values`);
    targets.push([nameOf(parameter), parameter, part]);
    feeds.set(nameOf(parameter), inShape(partOf(golden, "param", part), parameter));
  }
  gradient(
    loss,
    targets.map(([, value]) => value),
  ).forEach((dx, i) => {
    const [name, value, part] = targets[i]!;
    outputs.set(`gradient of ${name}`, dx!);
    expected.set(`gradient of ${name}`, inShape(partOf(golden, "grad", part), value));
  });
  // every gradient that is stored is compared
  const stored = [...golden.keys()].filter((key) => key.startsWith("grad."));
  const compared = new Set(
    targets.map(([, , part]) => `grad.${typeof part === "string" ? part : part.name}`),
  );
  assert.deepEqual([...compared].sort(), stored.sort());

  const results = await runOnce(runtime, outputs, feeds);
  for (const [name, tensor] of expected) assertClose(results.get(name)!, tensor, name);
}

/** The tensors of a case, by what follows its name. */
export async function caseTensors(name: string, file: string = layerGoldens): Promise<Map<string, Tensor>> {
  const tensors = new Map<string, Tensor>();
  for (const [key, tensor] of await readSafetensorsFile(sharedPath(file)))
    if (key.startsWith(`${name}.`)) tensors.set(key.slice(name.length + 1), tensor);
  return tensors;
}

/** Compile, run once, close. */
export async function runOnce(
  runtime: Runtime,
  outputs: ReadonlyMap<string, Value>,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const program: Program = await runtime.compile(outputs);
  try {
    return await program.run(feeds);
  } finally {
    await program.close();
  }
}

/** Golden values were computed in float32: 1e-5 absolute plus 1e-4 relative. */
export function assertClose(got: Tensor, expected: Tensor, what: string): void {
  assert.deepEqual([...got.shape], [...expected.shape], what);
  const [a, b] = [toNumbers(got.dtype, got.data), toNumbers(expected.dtype, expected.data)];
  b.forEach((value, i) => {
    const bound = 1e-5 + 1e-4 * Math.abs(value);
    assert.ok(Math.abs(a[i]! - value) <= bound, `${what}[${i}]: ${a[i]} against ${value}`);
  });
}

function partOf(golden: ReadonlyMap<string, Tensor>, kind: "param" | "grad", part: GoldenPart): Tensor {
  if (typeof part === "string") return golden.get(`${kind}.${part}`)!;
  const { shape, data } = golden.get(`${kind}.${part.name}`)!;
  const [start, end] = part.rows;
  const size = data.length / shape[0]!;
  return float32([end - start, ...shape.slice(1)], (data as Float32Array).slice(start * size, end * size));
}

function inShape(tensor: Tensor, value: Value): Tensor {
  const shape = value.shape as readonly number[];
  assert.equal(sizeOf(tensor.shape), sizeOf(shape));
  return { ...tensor, shape };
}
