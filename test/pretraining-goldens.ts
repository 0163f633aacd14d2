// Losses of what is learnt beside a model, with all gradients, from the same weights and the same batch as in Python:
// the folders of test/golden/pretraining.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { int64, type Tensor, toNumbers } from "../src/base/index.js";
import { gradient, leaves, nameOf, referenceRuntime, type Value } from "../src/engine/index.js";
import { readSafetensorsFile } from "../src/hub/index.js";
import { type Architecture, architectureOf, isBeside, type Network } from "../src/models/index.js";
import { forInference } from "../src/nn/index.js";
import type { AnyPretrainingProblem } from "../src/tasks/pretraining/index.js";
import type { TaskItem } from "../src/tasks/task.js";
import { runOnce } from "./layer-goldens.js";
import { repository } from "./shared.js";

/** A golden case: the model, and what Python was given and gave. */
export interface BesideGolden {
  readonly architecture: Architecture;
  readonly network: Network;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** How long the rows are, padding included, and how many tokens each has. */
  readonly length: number;
  readonly sizes: readonly number[];
  /** An input, row after row, without padding; -100 stands for a label that does not count. */
  rows(name: string): Int32Array[];
}

/** Read a case. */
export async function readBesideGolden(name: string): Promise<BesideGolden> {
  const directory = join(repository, "test", "golden", "pretraining", name);
  const config = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
  const architecture = architectureOf(config, directory);
  const tensors = await readSafetensorsFile(join(directory, "golden.safetensors"));
  const whole = (input: string): number[][] => {
    const { dtype, data, shape } = tensors.get(`in.${input}`)!;
    const all = [...toNumbers(dtype, data)];
    return Array.from({ length: shape[0]! }, (_, row) => all.slice(row * shape[1]!, (row + 1) * shape[1]!));
  };
  const sizes = whole("attention_mask").map((row) => row.reduce((a, b) => a + b, 0));
  return {
    architecture,
    network: architecture.readConfig(config, directory),
    tensors,
    length: whole("attention_mask")[0]!.length,
    sizes,
    rows: (input) => whole(input).map((row, i) => Int32Array.from(row.slice(0, sizes[i]!))),
  };
}

/** The places of a row of labels that count. */
export function countedPlaces(labels: Int32Array): Int32Array {
  return Int32Array.from([...labels.keys()].filter((place) => labels[place] !== -100));
}

/**
 * Assert that a problem's loss is the sum of Python's losses, and that every gradient is Python's. `besideName` gives
 * Python's name of a parameter beside the model.
 */
export async function assertLikePython(
  golden: BesideGolden,
  problem: AnyPretrainingProblem,
  items: readonly TaskItem[],
  besideName: (name: string) => string = (name) => name,
): Promise<void> {
  const { tensors, length, sizes, architecture } = golden;
  const network = problem.network ?? golden.network;
  const outputs = network.build(problem.head, 0, problem.inputs!(), forInference());
  const loss = problem.loss(outputs, false);
  const parameters = leaves([loss], "parameter");
  const foreign = (name: string): string =>
    isBeside(name) ? besideName(name) : architecture.names.foreign(name, problem.head);
  const padded = (rows: readonly Int32Array[]): Tensor =>
    int64(
      [rows.length, length],
      rows.flatMap((row) => Array.from({ length }, (_, i) => row[i] ?? 0)),
    );
  const feeds = new Map<string, Tensor>([
    ["ids", padded(items.map(({ encoding }) => encoding.ids))],
    ["mask", padded(sizes.map((size) => new Int32Array(size).fill(1)))],
    ["typeIds", padded(items.map(({ encoding }) => encoding.typeIds))],
    ...problem.targets(items, length, problem.weightOf(items), problem.furtherWeightsOf?.(items)),
    ...parameters.map((value) => [nameOf(value), tensors.get(`weight.${foreign(nameOf(value))}`)!] as const),
  ]);
  const gradients = gradient(loss, parameters);
  const asked = new Map<string, Value>([
    ["loss", loss],
    ...parameters.map((value, i) => [`gradient of ${nameOf(value)}`, gradients[i]!] as const),
  ]);
  const results = await runOnce(referenceRuntime(), asked, feeds);
  let expected = 0;
  for (const [name, tensor] of tensors) if (name.startsWith("out.")) expected += Number(tensor.data[0]);
  const got = Number(results.get("loss")!.data[0]);
  assert.ok(Math.abs(got - expected) < 1e-4, `${got} against ${expected}`);
  const stored = [...tensors.keys()].filter((name) => name.startsWith("grad."));
  assert.deepEqual(parameters.map((value) => `grad.${foreign(nameOf(value))}`).sort(), stored.sort());
  for (const value of parameters) {
    const own = results.get(`gradient of ${nameOf(value)}`)!;
    tensors.get(`grad.${foreign(nameOf(value))}`)!.data.forEach((number, i) => {
      const bound = 1e-4 + 1e-3 * Math.abs(Number(number));
      assert.ok(Math.abs(Number(own.data[i]) - Number(number)) < bound, `${nameOf(value)}[${i}]`);
    });
  }
}
