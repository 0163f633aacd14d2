import { stat } from "node:fs/promises";
import { join } from "node:path";
import { FileError, int64, parseJsonObject, type Tensor, toNumbers } from "../base/index.js";
import { leaves, nameOf, type Value } from "../engine/index.js";
import type { RuntimeSpec } from "../engine/runtimes/spec.js";
import { encodeSafetensors } from "../formats/safetensors.js";
import { isFile, readTextFile } from "../hub/files-read.js";
import { readSafetensorsFile, writeFileAtomically } from "../hub/index.js";
import {
  type Architecture,
  type Head,
  headOf,
  type ModelInputs,
  type ModelOutputs,
  modelInputs,
} from "../models/index.js";
import { forInference } from "../nn/index.js";
import { gradientGraph } from "../training/gradient-graph.js";
import { sgd } from "../training/optimizers/index.js";
import { updatePlan } from "../training/update-plan.js";
import { WorkerLearner } from "../training/worker-learner.js";
import { goldenLoss } from "./golden-losses.js";
import { memoryFeeds, readOutputs, takeMemories } from "./golden-memories.js";
import { type OpenModel, openModel } from "./open-model.js";
import { checkOptions, type VerifyOptions, verifyRows } from "./options.js";
import { loadWeights, runtimeSpec } from "./session.js";

/** How one tensor compares with the golden one. */
export interface TensorComparison {
  /** The name in the golden file: `case0.out.logits`, `case0.grad.classifier.weight`. */
  readonly name: string;
  readonly kind: "output" | "loss" | "gradient";
  readonly shape: readonly number[];
  /** The largest |ours - golden|; infinite where ours is missing or has another shape. */
  readonly absolute: number;
  /** The largest |ours - golden| / |golden|, over elements that are not zero. */
  readonly relative: number;
  /** The largest share of its bound that a difference takes; at most 1 passes. */
  readonly shareOfBound: number;
  readonly passed: boolean;
}

export interface VerifyReport {
  readonly model: string;
  readonly head: Head;
  readonly runtime: string;
  readonly passed: boolean;
  readonly comparisons: readonly TensorComparison[];
  /** Where what was computed was written, if asked for. */
  readonly dump: string | undefined;
}

/**
 * Run a checkpoint on stored inputs and compare outputs, loss and the gradient of every parameter with the values
 * that are stored beside them. Bounds: outputs and loss 1e-5 absolute plus 1e-4 relative; a gradient 1e-4 of the
 * larger of its own largest value and a hundredth of the largest of the whole model.
 *
 * ```ts
 * const report = await verify({ model: "checkpoints/bert" });
 * console.log(report.passed);
 * ```
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  checkOptions(verifyRows, options);
  const model = await openModel(options.model);
  const golden = await readGolden(options.golden ?? model.directory);
  const head = goldenHead(model, golden);
  const computed = new Map<string, Tensor>();
  let runtime = "";
  for (const [name, tensors] of golden.cases) {
    const result = await runCase(model, head, { ...golden, tensors }, runtimeSpec(options));
    runtime = result.runtime;
    for (const [key, tensor] of result.tensors) computed.set(`${name}.${key}`, tensor);
  }
  const comparisons = compareAll(golden.tensors, computed);
  if (options.dump !== undefined) await writeFileAtomically(options.dump, encodeSafetensors(computed));
  return {
    model: options.model,
    head,
    runtime,
    passed: comparisons.every(({ passed }) => passed),
    comparisons,
    dump: options.dump,
  };
}

interface Golden {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Inputs of each case, by their Python names. */
  readonly cases: ReadonlyMap<string, ReadonlyMap<string, Tensor>>;
  /** Whether cases are segments of a text, which remember those before. */
  readonly hasMemories: boolean;
  /** The Python class that made it, where golden.json says. */
  readonly className: string | undefined;
}

async function readGolden(place: string): Promise<Golden> {
  const isFolder = (await stat(place).catch(() => undefined))?.isDirectory() ?? false;
  const path = isFolder ? join(place, "golden.safetensors") : place;
  if (!(await isFile(path)))
    throw new FileError(path, "expected golden values (golden.safetensors), found none", {
      hint: "name the folder or file that holds them: --golden DIR",
    });
  const tensors = await readSafetensorsFile(path);
  const cases = new Map<string, Map<string, Tensor>>();
  for (const [name, tensor] of tensors) {
    const [, number, key] = /^(case\d+)\.in\.(.+)$/.exec(name) ?? [];
    if (number === undefined || key === undefined) continue;
    cases.set(number, (cases.get(number) ?? new Map()).set(key, tensor));
  }
  if (cases.size === 0)
    throw new FileError(path, "expected inputs named case0.in.input_ids and so on, got none");
  const notes = join(place, "golden.json");
  const facts =
    isFolder && (await isFile(notes)) ? parseJsonObject(await readTextFile(notes, 10_000_000), notes) : {};
  const hasMemories = [...tensors.keys()].some((name) => /\.mems\.\d+$/.test(name));
  return {
    path,
    tensors,
    cases,
    hasMemories,
    className: typeof facts["class"] === "string" ? facts["class"] : undefined,
  };
}

function goldenHead({ architecture, config, configPath }: OpenModel, { className }: Golden): Head {
  const named = className === undefined ? config : { architectures: [className] };
  const head = headOf(architecture, named);
  if (head !== undefined) return head;
  throw new FileError(
    configPath,
    `architectures: expected one of ${[...architecture.classNames.values()].join(", ")}, got ${JSON.stringify(named["architectures"])}`,
  );
}

/** Outputs, loss and gradients of one case, under the names that golden files use after the case. */
async function runCase(
  model: OpenModel,
  head: Head,
  { tensors: golden, path: place, hasMemories }: Golden,
  runtime: RuntimeSpec,
): Promise<{ runtime: string; tensors: Map<string, Tensor> }> {
  const { architecture, network, config } = model;
  const memory = hasMemories ? network.memory : undefined;
  const labelCount = Object.keys((config["id2label"] as object | undefined) ?? { 0: "", 1: "" }).length;
  const inputs = { ...goldenInputs(head, golden), carriesState: memory !== undefined };
  const outputs = network.build(head, labelCount, inputs, forInference());
  // a head that reads one token alone leaves the last layer of the others out; the bare model has it whole
  const readsOneToken = outputs.lastHidden.shape[1] === 1 && inputs.ids.shape.length === 2;
  const inside = readsOneToken ? network.build("none", 0, inputs, forInference()) : outputs;
  const { loss, feeds: labels } = goldenLoss(head, config, outputs, golden, place);
  const { state = [] } = outputs;
  const named = new Map([
    ...namedOutputs(architecture, { ...inside, heads: outputs.heads }),
    ...readOutputs(state),
  ]);
  const parameters = leaves([loss, ...named.values()], "parameter");
  const { weights } = await loadWeights(model, parameters, 0);
  const slots = parameters.map((value) => ({
    name: nameOf(value),
    shape: value.shape as number[],
    group: 0,
  }));
  const learner = new WorkerLearner({ runtime, slots, groupCount: 1 });
  try {
    await learner.setParameters(weights);
    await learner.prepareForward("outputs", named);
    const { outputs: gradients, plan } = gradientGraph(loss, parameters);
    const optimizer = sgd(); // a learner needs one; no step is taken
    await learner.prepareTraining({ gradients, plan, update: updatePlan(optimizer, slots) });
    const memories = memoryFeeds(state, golden);
    const feeds = new Map([
      ...[...modelFeeds(golden, place), ...decoderFeeds(model, golden), ...labels, ...memories],
    ]);
    const results = new Map(await learner.forward("outputs", feeds));
    const later = memory === undefined ? [] : takeMemories(state, memories, results, memory);
    const tensors = new Map<string, Tensor>();
    for (const [name, tensor] of [...results, ...later]) tensors.set(`out.${name}`, tensor);
    const value = await learner.differentiate(feeds);
    tensors.set("out.loss", { dtype: "float32", shape: [], data: Float32Array.of(value) });
    const withGradient = new Set([...plan.dense, ...plan.scatters.map(({ parameter }) => parameter)]);
    for (const [name, tensor] of await learner.gradients())
      if (withGradient.has(name)) tensors.set(`grad.${architecture.names.foreign(name, head)}`, tensor);
    return { runtime: await learner.describe(), tensors };
  } finally {
    await learner.close();
  }
}

/** The inputs of a head's graph, without those for predicting in any order that the case has not. */
function goldenInputs(head: Head, golden: ReadonlyMap<string, Tensor>): ModelInputs {
  const { permutationMask, targetMapping, ...rest } = modelInputs(head);
  return {
    ...rest,
    ...(permutationMask && golden.has("perm_mask") ? { permutationMask } : {}),
    ...(targetMapping && golden.has("target_mapping") ? { targetMapping } : {}),
  };
}

function modelFeeds(golden: ReadonlyMap<string, Tensor>, place: string): ReadonlyMap<string, Tensor> {
  const ids = golden.get("input_ids");
  if (ids === undefined) throw new FileError(place, "expected an input input_ids, got none");
  const filled = (value: bigint): Tensor => ({
    dtype: "int64",
    shape: ids.shape,
    data: new BigInt64Array(ids.data.length).fill(value),
  });
  const feeds = new Map([
    ["ids", ids],
    ["mask", filled(1n)],
    ["typeIds", filled(0n)],
  ]);
  for (const [foreign, own] of [
    ["attention_mask", "mask"],
    ["token_type_ids", "typeIds"],
    ["perm_mask", "permutationMask"],
    ["target_mapping", "targetMapping"],
  ] as const) {
    const stored = golden.get(foreign); // XLNet's masks are floats
    if (stored !== undefined) feeds.set(own, int64(stored.shape, toNumbers(stored.dtype, stored.data)));
  }
  return feeds;
}

/** What the decoder reads: as stored, else the labels shifted as the model does it. */
function decoderFeeds(
  { network, config }: OpenModel,
  golden: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const [given, labels] = [golden.get("decoder_input_ids"), golden.get("labels")];
  if (network.decoderInput === undefined || (given ?? labels) === undefined) return new Map();
  const { shape, dtype, data } = given ?? labels!;
  const [rowCount, length] = shape as [number, number];
  const paddingId = Number(config["pad_token_id"] ?? 0);
  const ids = Array.from(toNumbers(dtype, data), (id) => (id < 0 ? paddingId : id));
  const rows = Array.from({ length: rowCount }, (_, i) => ids.slice(i * length, (i + 1) * length));
  const read = given === undefined ? rows.map((row) => network.decoderInput!(row)) : rows;
  const mask = read.map((row) => network.decoderMask?.(row) ?? row.map(() => 1));
  return new Map([
    ["decoderIds", int64(shape, read.flat())],
    ["decoderMask", golden.get("decoder_attention_mask") ?? int64(shape, mask.flat())],
  ]);
}

/** Our outputs beside the names that Python's transformers gives them. */
function namedOutputs(
  { outputNames }: Architecture,
  { heads, lastHidden, hiddenStates, attentions, encoder, crossAttentions = [] }: ModelOutputs,
): Map<string, Value> {
  const foreign: Record<string, string> = {
    lastHidden: "last_hidden_state",
    pooled: "pooler_output",
    startLogits: "start_logits",
    endLogits: "end_logits",
    predictionLogits: "prediction_logits",
    relationshipLogits: "seq_relationship_logits",
    ...outputNames,
  };
  const named = new Map<string, Value>([["last_hidden_state", lastHidden]]);
  for (const [name, value] of heads) named.set(foreign[name] ?? name, value);
  const addEach = (name: string, values: readonly Value[]): void => {
    for (const [i, value] of values.entries()) named.set(`${name}.${i}`, value);
  };
  const side = encoder === undefined ? "" : "decoder_";
  addEach(`${side}hidden_states`, hiddenStates);
  addEach(`${side}attentions`, attentions);
  addEach("cross_attentions", crossAttentions);
  if (encoder !== undefined) {
    named.set("encoder_last_hidden_state", encoder.lastHidden);
    addEach("encoder_hidden_states", encoder.hiddenStates);
    addEach("encoder_attentions", encoder.attentions);
  }
  return named;
}

/** Compare every output, loss and gradient of the golden file with what was computed. */
function compareAll(
  golden: ReadonlyMap<string, Tensor>,
  computed: ReadonlyMap<string, Tensor>,
): TensorComparison[] {
  const gradients = [...golden].filter(([name]) => /^case\d+\.grad\./.test(name));
  const largest = (tensors: readonly Tensor[]): number =>
    tensors.reduce(
      (most, { dtype, data }) => toNumbers(dtype, data).reduce((a, b) => Math.max(a, Math.abs(b)), most),
      0,
    );
  const modelLargest = largest(gradients.map(([, tensor]) => tensor));
  const comparisons: TensorComparison[] = [];
  for (const [name, tensor] of golden) {
    const kind = name.endsWith(".out.loss")
      ? "loss"
      : name.includes(".out.")
        ? "output"
        : name.includes(".grad.")
          ? "gradient"
          : undefined;
    if (kind === undefined) continue;
    const gradientBound = 1e-4 * Math.max(largest([tensor]), modelLargest / 100);
    const bound = (expected: number): number =>
      kind === "gradient" ? gradientBound : 1e-5 + 1e-4 * Math.abs(expected);
    comparisons.push(compare(name, kind, tensor, computed.get(name), bound));
  }
  return comparisons;
}

function compare(
  name: string,
  kind: TensorComparison["kind"],
  golden: Tensor,
  computed: Tensor | undefined,
  bound: (expected: number) => number,
): TensorComparison {
  const { shape } = golden;
  if (computed === undefined || computed.shape.join() !== shape.join())
    return {
      name,
      kind,
      shape,
      absolute: Infinity,
      relative: Infinity,
      shareOfBound: Infinity,
      passed: false,
    };
  const [expected, got] = [toNumbers(golden.dtype, golden.data), toNumbers(computed.dtype, computed.data)];
  let [absolute, relative, shareOfBound] = [0, 0, 0];
  expected.forEach((value, i) => {
    const difference = Number.isNaN(got[i]!) ? Infinity : Math.abs(got[i]! - value);
    absolute = Math.max(absolute, difference);
    if (value !== 0) relative = Math.max(relative, difference / Math.abs(value));
    shareOfBound = Math.max(shareOfBound, difference / bound(value));
  });
  return { name, kind, shape, absolute, relative, shareOfBound, passed: shareOfBound <= 1 };
}
