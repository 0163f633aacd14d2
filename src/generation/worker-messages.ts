import type { Tensor } from "../base/tensor.js";
import type { PlainGraph } from "../engine/index.js";
import type { RuntimeSpec } from "../engine/runtimes/spec.js";
import type { SlotPlan } from "./decoder-graphs.js";
import type { Prompts } from "./decoder-state.js";
import type { GenerationSettings } from "./settings.js";

/** What the worker is started with. */
export interface WorkerStart {
  readonly runtime: RuntimeSpec;
}

/** What can be asked of the worker: for each request what it carries. */
export interface Requests {
  describe: undefined;
  /** Compile the graphs. */
  prepare: {
    readonly start: PlainGraph | undefined;
    readonly step: PlainGraph;
    readonly slots: readonly SlotPlan[];
    readonly vocabularySize: number;
  };
  /** All parameters of the graphs. */
  setParameters: ReadonlyMap<string, Tensor>;
  /** Events are lists of written tokens; questions are texts that may end in a stop string. */
  generate: { readonly prompts: Prompts; readonly settings: GenerationSettings };
  /** Close the programs. */
  close: undefined;
}
