import { parseArgs } from "node:util";
import * as ort from "onnxruntime-node";
import { int64, Random, type Tensor } from "../src/base/index.js";
import { leaves, type OnnxTarget, toOnnx, type Value } from "../src/engine/index.js";
import { withNumbers } from "../src/engine/runtimes/fixed-parameters.js";
import { withFusedGelu } from "../src/engine/runtimes/fused-gelu.js";
import { encodeOnnx, type OnnxModel, quantizeOnnx } from "../src/formats/onnx/index.js";
import { modelInputs } from "../src/models/index.js";
import { forInference } from "../src/nn/index.js";
import { openModel } from "../src/workflows/open-model.js";
import { finishedWeights } from "../src/workflows/session.js";
import { sharedPath } from "../test/shared.js";
import { startClock } from "./clock.js";
import { turnOrder } from "./interleave.js";
import { median } from "./median.js";
import { appendRecord, loadWarning } from "./record.js";

type Level = "disabled" | "all";
interface Form {
  readonly model: OnnxModel;
  readonly level: Level;
  /** Weights that are given in each run. */
  readonly given?: ReadonlyMap<string, Tensor>;
}

const shapes: Readonly<Record<string, readonly [batch: number, length: number]>> = {
  "32 texts of 25 tokens": [32, 25],
  "one text of 25 tokens": [1, 25],
};

/**
 * What each rewrite of a graph brings: MiniLM as encoder on ONNX Runtime, one thread, in turns. Each form is the one before
 * it with one thing more, but for the first, whose weights come with each run.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "30" } } });
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const forms = await formsOf(sharedPath("models/all-MiniLM-L6-v2"));
  const sessions = new Map<string, ort.InferenceSession>();
  for (const [name, { model, level }] of forms)
    sessions.set(
      name,
      await ort.InferenceSession.create(encodeOnnx(model), {
        ...{ intraOpNumThreads: 1, interOpNumThreads: 1, enableMemPattern: false, logSeverityLevel: 3 },
        graphOptimizationLevel: level,
      }),
    );
  const results: Record<string, Record<string, number>> = {};
  for (const [shapeName, shape] of Object.entries(shapes)) {
    const feeds = feedsOf(shape);
    const times = new Map([...forms.keys()].map((name) => [name, [] as number[]]));
    for (let round = 0; round <= Number(values.rounds); round++)
      for (const name of turnOrder([...forms.keys()], round)) {
        const given = tensorsOf(forms.get(name)!.given ?? new Map());
        const clock = startClock();
        await sessions.get(name)!.run({ ...feeds, ...given });
        if (round > 0) times.get(name)!.push(clock().processorSeconds * 1000);
      }
    console.log(`\n  ${shapeName}`);
    const medians = new Map([...times].map(([name, all]) => [name, median(all)]));
    const whole = medians.get("standard ops, nothing rewritten")!;
    for (const [name, milliseconds] of medians)
      console.log(
        `    ${name.padEnd(44)}${milliseconds.toFixed(2).padStart(8)} ms of the processor   ${(milliseconds / whole).toFixed(3)}`,
      );
    results[shapeName] = Object.fromEntries(medians);
  }
  for (const session of sessions.values()) await session.release();
  console.log(`\n  recorded in ${appendRecord("rewrites", { warning, milliseconds: results })}`);
}

async function formsOf(path: string): Promise<ReadonlyMap<string, Form>> {
  const model = await openModel(path);
  const { lastHidden } = model.network.build("none", 0, modelInputs("none"), forInference());
  const outputs = new Map([["hidden", lastHidden]]);
  const weights = await finishedWeights(model, leaves([lastHidden], "parameter"));
  const standard = written(outputs, weights, { contributedOps: false });
  const contributed = written(outputs, weights, { contributedOps: true });
  const fed = withFusedGelu(toOnnx(outputs, { contributedOps: true, outerValues: true }), { bias: true });
  return new Map<string, Form>([
    ["all of it, the weights given in each run", { model: fed, level: "all", given: weights }],
    ["standard ops, nothing rewritten", { model: standard, level: "disabled" }],
    ["ONNX Runtime's own rewrites", { model: standard, level: "all" }],
    ["transposes within products", { model: contributed, level: "all" }],
    ["GELU as one node", { model: withFusedGelu(contributed, { bias: false }), level: "all" }],
    ["and with its bias", { model: withFusedGelu(contributed, { bias: true }), level: "all" }],
    [
      "in 8-bit integers",
      { model: quantizeOnnx(withFusedGelu(contributed, { bias: false })).model, level: "all" },
    ],
  ]);
}

/** The graph with its weights inside. */
function written(
  outputs: ReadonlyMap<string, Value>,
  weights: ReadonlyMap<string, Tensor>,
  target: Pick<OnnxTarget, "contributedOps">,
): OnnxModel {
  const fixed = new Set(weights.keys());
  return withNumbers(toOnnx(outputs, { ...target, outerValues: true, fixed }), weights);
}

function feedsOf([batch, length]: readonly [number, number]): Record<string, ort.Tensor> {
  const random = new Random(1);
  const grid = (value: () => number): Tensor =>
    int64([batch, length], Array.from({ length: batch * length }, value));
  const given = new Map([
    ["ids", grid(() => 1000 + random.integer(20_000))],
    ["mask", grid(() => 1)],
    ["typeIds", grid(() => 0)],
  ]);
  return tensorsOf(given);
}

function tensorsOf(tensors: ReadonlyMap<string, Tensor>): Record<string, ort.Tensor> {
  return Object.fromEntries(
    [...tensors].map(([name, { dtype, data, shape }]) => [
      name,
      new ort.Tensor(dtype as "float32", data as Float32Array, shape),
    ]),
  );
}
