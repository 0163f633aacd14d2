import type { Tensor } from "../base/index.js";
import type { Value } from "../engine/index.js";
import type { RuntimeSpec } from "../engine/runtimes/spec.js";
import type { CarriedState } from "./gradient-graph.js";
import type { StateFormat } from "./kept-states/index.js";
import type { Optimizer } from "./optimizers/index.js";
import type { ParameterRule } from "./parameter-groups.js";
import type { Schedule } from "./schedules/index.js";

/** What a training is: all that a trainer is made with. */
export interface TrainerOptions {
  /** A scalar; the parameters it depends on are trained. */
  readonly loss: Value;
  /** Graphs over the same parameters for evaluation, by a key of your choice. */
  readonly forwards?: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  /** Where the parameters start. */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly optimizer: Optimizer;
  /** How the optimizer's states are kept: in 32, 16 or 8 bits. Default `fp32`. */
  readonly optimizerState?: StateFormat;
  readonly schedule: Schedule;
  /** How a parameter is trained, where it differs from the others; by its name. */
  readonly rules?: (name: string) => ParameterRule;
  /** Values of the forward pass between which it is computed twice, to save memory; default: none, it is kept. */
  readonly boundaries?: readonly Value[];
  /** What a recurrent model carries from step to step (`ModelOutputs.state`); default: nothing. */
  readonly state?: readonly CarriedState[];
  /** Larger gradients are scaled down to this norm; default: none are. */
  readonly maxGradientNorm?: number;
  /** Decides the dropout masks. Default 42. */
  readonly seed?: number;
  readonly runtime?: RuntimeSpec;
}
