import { internal, NonFiniteError } from "../base/errors.js";
import { hash } from "../base/random.js";
import { sizeOf, type Tensor } from "../base/tensor.js";
import {
  type Bindings,
  bindSymbols,
  type DropoutMask,
  dimensionValue,
  leaves,
  nameOf,
  type Program,
  type Runtime,
  type Value,
} from "../engine/index.js";
import { Arena, type ArenaLayout, layOut, type ParameterSlot } from "./arena.js";
import { DropoutMasks } from "./dropout-masks.js";
import type { GradientPlan } from "./gradient-graph.js";
import { openUpdate, type Update } from "./update.js";
import type { GroupScalars } from "./update-arrays.js";
import type { UpdatePlan } from "./update-plan.js";

/** Tells the draws of rounding from others of the same seed. */
const roundingPurpose = 0x726f756e;

/** Inputs of one batch, by name. */
export type Feeds = ReadonlyMap<string, Tensor>;

/** How the learner is set up to train. */
export interface TrainingSetup {
  readonly gradients: ReadonlyMap<string, Value>;
  readonly plan: GradientPlan;
  readonly update: UpdatePlan;
}

export interface StepRequest {
  /** Counted from 1; names the step in errors and draws its dropout masks. */
  readonly step: number;
  readonly seed: number;
  /** Micro-batches, whose losses and gradients add up. */
  readonly batches: readonly Feeds[];
  /** Scalars of the update for each group. */
  readonly scalars: GroupScalars;
  /** The gradient is scaled down to this norm where it is larger. */
  readonly maxGradientNorm: number | undefined;
  /** Whether what is carried from step to step begins anew, as zeros. */
  readonly startsAnew?: boolean;
}

export interface StepResult {
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
}

/**
 * What owns the parameters while they are trained or used: their arrays, gradients and optimizer state, and the
 * programs that read and write them. It lives in a worker thread, since a runtime blocks the thread it runs on.
 */
export class Learner {
  readonly #runtime: Runtime;
  readonly #slots: readonly ParameterSlot[];
  /** Of those that are trained. */
  readonly #layout: ArenaLayout;
  readonly #frozen: Arena;
  #trained: Arena;
  #parameters: ReadonlyMap<string, Tensor<"float32">>;
  readonly #forwards = new Map<string, Program>();
  #training: TrainingParts | undefined;

  constructor(runtime: Runtime, slots: readonly ParameterSlot[], groupCount: number) {
    this.#runtime = runtime;
    this.#slots = slots;
    const placed = (frozen: boolean): ArenaLayout["slots"] =>
      slots.flatMap((slot) =>
        (slot.group === "frozen") === frozen
          ? [{ ...slot, group: slot.group === "frozen" ? 0 : slot.group }]
          : [],
      );
    this.#layout = layOut(placed(false), groupCount);
    this.#frozen = new Arena(layOut(placed(true), 1));
    this.#trained = new Arena(this.#layout);
    this.#parameters = this.#allViews();
  }

  /** The arrays of all parameters, in the order of the slots. */
  #allViews(): ReadonlyMap<string, Tensor<"float32">> {
    const [trained, frozen] = [this.#trained.views, this.#frozen.views];
    return new Map(this.#slots.map(({ name }) => [name, (trained.get(name) ?? frozen.get(name))!]));
  }

  /** Set parameters; names not given stay as they are. */
  setParameters(values: ReadonlyMap<string, Tensor>): void {
    copyInto(this.#parameters, values);
  }

  /** The parameters' own arrays. */
  get parameters(): ReadonlyMap<string, Tensor<"float32">> {
    return this.#parameters;
  }

  /**
   * The optimizer's arrays, by state and parameter name: `firstMoment/layers.0...`; and what is carried to the next
   * step, by micro-batch and name: `carried/0/layers.0.hidden`.
   */
  get optimizerState(): ReadonlyMap<string, Tensor> {
    const all = new Map(this.#training?.update.stateArrays);
    for (const [number, carried] of (this.#training?.carried ?? []).entries())
      for (const [name, tensor] of carried) all.set(`carried/${number}/${name}`, tensor);
    return all;
  }

  /** Set the optimizer's arrays, all of them. */
  setOptimizerState(values: ReadonlyMap<string, Tensor>): void {
    const { stateArrays } = this.#needTraining().update;
    copyInto(stateArrays, new Map([...stateArrays.keys()].map((key) => [key, take(values, key)])));
    this.#needTraining().update.reviewStates();
    const carried: Map<string, Tensor>[] = [];
    for (const [key, tensor] of values) {
      const [, number, name] = /^carried\/(\d+)\/(.+)$/.exec(key) ?? [];
      if (number === undefined || name === undefined) continue;
      carried[Number(number)] ??= new Map();
      carried[Number(number)]!.set(name, tensor);
    }
    this.#needTraining().carried = carried;
  }

  /**
   * Compile a graph for evaluation or prediction, to be run under `key`. With `fixed` it keeps the parameters as they
   * are now, in the form that is read fastest; changes come to it no more.
   */
  async prepareForward(
    key: string,
    outputs: ReadonlyMap<string, Value>,
    { fixed = false }: { readonly fixed?: boolean } = {},
  ): Promise<void> {
    await this.#forwards.get(key)?.close();
    this.#forwards.set(key, await this.#runtime.compile(outputs, fixed ? this.#parameters : new Map()));
  }

  /** Run a graph that was prepared. */
  async forward(key: string, feeds: Feeds): Promise<ReadonlyMap<string, Tensor>> {
    const program = this.#forwards.get(key);
    if (program === undefined) throw internal(`no graph was prepared as ${key}`);
    return program.run(new Map([...feeds, ...this.#parameters]));
  }

  /** Compile the gradient and the update, and allocate gradients and optimizer state. */
  async prepareTraining(setup: TrainingSetup): Promise<void> {
    const { dense, scatters } = setup.plan;
    const tables = new Set(
      scatters.map(({ parameter }) => parameter).filter((name) => !dense.includes(name)),
    );
    const update = await openUpdate(this.#runtime, this.#layout, setup.update, tables);
    copyInto(update.parameters.views, this.#trained.views);
    this.#trained = update.parameters;
    this.#parameters = this.#allViews();
    this.#training = {
      plan: setup.plan,
      inputs: leaves([...setup.gradients.values()], "input"),
      program: await this.#runtime.compile(setup.gradients),
      update,
      scratch: undefined,
      masks: new DropoutMasks(),
      touched: [],
      carried: [],
    };
  }

  /** One optimizer step. The parameters change only if loss and gradient are finite. */
  async step(request: StepRequest): Promise<StepResult> {
    const training = this.#needTraining();
    clearTouched(training);
    if (request.startsAnew === true) training.carried = [];
    let loss = 0;
    for (const [number, feeds] of request.batches.entries()) {
      loss += await this.#addGradient(training, feeds, request, number);
      if (!Number.isFinite(loss)) throw new NonFiniteError(`step ${request.step}: the loss is ${loss}`);
    }
    const gradientNorm = training.update.gradientNorm();
    if (!Number.isFinite(gradientNorm))
      throw new NonFiniteError(`step ${request.step}: the norm of the gradient is ${gradientNorm}`);
    const { maxGradientNorm = Infinity } = request;
    const clip = Math.min(1, maxGradientNorm / (gradientNorm + 1e-6)); // as clip_grad_norm_ of PyTorch
    const draw = hash(hash(request.seed, roundingPurpose), request.step);
    await training.update.run(request.scalars, clip, draw);
    return { loss, gradientNorm };
  }

  /** The gradient of the last step, before clipping. */
  get gradients(): ReadonlyMap<string, Tensor<"float32">> {
    return this.#needTraining().update.gradients.views;
  }

  /** Loss and gradient of one batch without a step; the gradient is then in `gradients`. */
  async differentiate(feeds: Feeds): Promise<number> {
    const training = this.#needTraining();
    clearTouched(training);
    const { carried } = training;
    training.carried = [];
    const loss = await this.#addGradient(training, feeds, { seed: 0, step: 0 }, 0);
    training.carried = carried;
    return loss;
  }

  async close(): Promise<void> {
    for (const program of this.#forwards.values()) await program.close();
    await this.#training?.program.close();
    await this.#training?.update.close();
  }

  #needTraining(): TrainingParts {
    if (this.#training === undefined) throw internal("the learner was not prepared for training");
    return this.#training;
  }

  /** Run the gradient program on a micro-batch; the first writes the gradients, later ones add to them. */
  async #addGradient(
    training: TrainingParts,
    feeds: Feeds,
    { seed, step }: { seed: number; step: number },
    number: number,
  ): Promise<number> {
    if (number > 0) training.scratch ??= new Arena(this.#layout);
    const target = number === 0 ? training.update.gradients : training.scratch!;
    const into = new Map<string, Tensor>(
      training.plan.dense.map((name) => [`gradient:${name}`, target.view(name)]),
    );
    const fed = new Map([...feeds, ...carriedState(training, feeds, number)]);
    const masks = drawMasks(training, fed, seed, step * 4096 + number);
    const results = await training.program.run(new Map([...fed, ...masks, ...this.#parameters]), into);
    training.carried[number] = new Map(
      training.plan.carried.map(({ name }) => [name, take(results, `state:${name}`)]),
    );
    if (number > 0)
      for (const name of training.plan.dense)
        addTo(training.update.gradients.view(name).data, target.view(name).data);
    for (const { parameter, rows, ids } of training.plan.scatters) {
      const idArray = take(feeds, ids).data as BigInt64Array;
      addRows(training.update.gradients.view(parameter), take(results, rows).data as Float32Array, idArray);
      training.update.noteRows(parameter, idArray);
      training.touched.push([parameter, idArray]);
    }
    return Number(take(results, "loss").data[0]);
  }
}

interface TrainingParts {
  readonly plan: GradientPlan;
  readonly inputs: readonly Value[];
  readonly program: Program;
  readonly update: Update;
  /** Gradients of a further micro-batch, where there is one. */
  scratch: Arena | undefined;
  readonly masks: DropoutMasks;
  /** Rows of gradients that scattered rows were added to, to be cleared before the next step. */
  touched: (readonly [parameter: string, ids: BigInt64Array])[];
  /** Of each micro-batch: what its next step goes on from. */
  carried: ReadonlyMap<string, Tensor>[];
}

/** What the step before left for this micro-batch, of as many rows as it has; zeros where there was none. */
function carriedState(
  { inputs, plan, carried }: TrainingParts,
  feeds: Feeds,
  number: number,
): Map<string, Tensor> {
  if (plan.carried.length === 0) return new Map();
  const names = new Set(plan.carried.map(({ name }) => name));
  const fed = inputs.filter((value) => maskOf(value) === undefined && !names.has(nameOf(value)));
  const bindings = bindSymbols(fed, feeds);
  return new Map(
    plan.carried.map(({ name, shape: symbols }) => {
      const shape = symbols.map((size) => dimensionValue(size, bindings));
      const before = carried[number]?.get(name);
      if (before?.shape.join() === shape.join()) return [name, before];
      const data = new Float32Array(sizeOf(shape));
      if (before !== undefined) data.set((before.data as Float32Array).subarray(0, data.length));
      return [name, { dtype: "float32", shape, data }];
    }),
  );
}

/** The masks of every dropout, at the sizes of this batch. */
function drawMasks(
  { inputs, masks }: TrainingParts,
  feeds: Feeds,
  seed: number,
  step: number,
): Map<string, Tensor> {
  const fed = inputs.filter((value) => maskOf(value) === undefined);
  const dropouts = inputs.filter((value) => maskOf(value) !== undefined);
  if (dropouts.length === 0) return new Map();
  const bindings: Bindings = bindSymbols(fed, feeds);
  const shapes = dropouts.map(({ shape }) => shape.map((size) => dimensionValue(size, bindings)));
  const requests = dropouts.map((value, i) => ({ ...maskOf(value)!, size: sizeOf(shapes[i]!) }));
  const drawn = masks.draw(requests, seed, step);
  return new Map(
    dropouts.map((value, i) => [nameOf(value), { dtype: "uint8", shape: shapes[i]!, data: drawn[i]! }]),
  );
}

function maskOf({ source }: Value): DropoutMask | undefined {
  return source.kind === "input" ? source.mask : undefined;
}

/** Add rows `[ids, size]` to a table at their ids, in order. */
function addRows(table: Tensor<"float32">, rows: Float32Array, ids: BigInt64Array): void {
  const size = table.data.length / table.shape[0]!;
  for (let i = 0; i < ids.length; i++) {
    const to = Number(ids[i]) * size;
    for (let k = 0; k < size; k++) table.data[to + k]! += rows[i * size + k]!;
  }
}

function clearTouched(training: TrainingParts): void {
  const dense = new Set(training.plan.dense);
  for (const [parameter, ids] of training.touched) {
    if (dense.has(parameter)) continue; // written whole by the next run
    const { data, shape } = training.update.gradients.view(parameter);
    const size = data.length / shape[0]!;
    for (const id of ids) data.fill(0, Number(id) * size, (Number(id) + 1) * size);
  }
  training.touched = [];
}

function addTo(target: Float32Array, source: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += source[i]!;
}

function copyInto(views: ReadonlyMap<string, Tensor>, values: ReadonlyMap<string, Tensor>): void {
  for (const [name, tensor] of values) {
    const view = take(views, name);
    if (view.data.length !== tensor.data.length || view.dtype !== tensor.dtype)
      throw internal(
        `${name}: expected ${view.dtype}[${view.shape.join(", ")}], got ${tensor.dtype}[${tensor.shape.join(", ")}]`,
      );
    (view.data as Float32Array).set(tensor.data as Float32Array);
  }
}

function take(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const found = tensors.get(name);
  if (found === undefined) throw internal(`there is no array ${name}`);
  return found;
}
