import type { Tensor } from "../base/index.js";
import type { PlainGraph } from "../engine/index.js";
import type { RuntimeSpec } from "../engine/runtimes/spec.js";
import type { ParameterSlot } from "./arena.js";
import type { GradientPlan } from "./gradient-graph.js";
import type { StepRequest } from "./learner.js";
import type { UpdatePlan } from "./update-plan.js";

/** What the worker is started with. */
export interface WorkerStart {
  readonly runtime: RuntimeSpec;
  readonly slots: readonly ParameterSlot[];
  readonly groupCount: number;
}

/** The plan of an update with its graphs as plain data. */
export interface PlainUpdatePlan extends Omit<UpdatePlan, "graphs"> {
  readonly graphs: ReadonlyMap<string, PlainGraph>;
}

/** What can be asked of the worker: for each request what it carries. */
export interface Requests {
  describe: undefined;
  setParameters: ReadonlyMap<string, Tensor>;
  prepareForward: { readonly key: string; readonly graph: PlainGraph; readonly fixed: boolean };
  forward: { readonly key: string; readonly feeds: ReadonlyMap<string, Tensor> };
  prepareTraining: {
    readonly gradients: PlainGraph;
    readonly plan: GradientPlan;
    readonly update: PlainUpdatePlan;
  };
  step: StepRequest;
  differentiate: ReadonlyMap<string, Tensor>;
  parameters: undefined;
  gradients: undefined;
  optimizerState: undefined;
  setOptimizerState: ReadonlyMap<string, Tensor>;
  /** Write arrays as a safetensors file, under the names given for them. */
  write: {
    readonly what: "parameters" | "optimizerState";
    readonly path: string;
    readonly names: ReadonlyMap<string, string> | undefined;
  };
  /** Close the programs. */
  close: undefined;
}
