import type { Value } from "../../engine/index.js";

/**
 * How parameters move. The update is a graph over flat arrays `[size]`, run in place, piece by piece; numbers that
 * change from step to step are fed as scalars, so that the graph is compiled once.
 */
export interface Optimizer {
  readonly name: string;
  /** What is kept for each parameter, besides itself; starts at zero. */
  readonly stateNames: readonly string[];
  /** The weight decay of groups that decay. */
  readonly weightDecay: number;
  /** The update as graph: from parameter, gradient, state and scalars to the new parameter and state. */
  update(inputs: UpdateInputs): UpdateOutputs;
  /** The scalars of a step, counted from 1, for a learning rate and a weight decay. */
  scalars(step: number, rate: number, weightDecay: number): Readonly<Record<string, number>>;
}

export interface UpdateInputs {
  readonly parameter: Value; // [size]
  readonly gradient: Value; // [size], clipped
  readonly state: Readonly<Record<string, Value>>; // [size] each
  scalar(name: string): Value; // []
}

export interface UpdateOutputs {
  readonly parameter: Value;
  readonly state: Readonly<Record<string, Value>>;
}
