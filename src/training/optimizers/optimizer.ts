import type { Shape, Value } from "../../engine/index.js";

/**
 * How parameters move. The update is a graph over flat arrays `[size]`, run in place, piece by piece; numbers that
 * change from step to step are fed as scalars, so that the graph is compiled once.
 */
export interface Optimizer {
  readonly name: string;
  /** What is kept for each parameter, besides itself; starts at zero. */
  readonly stateNames: readonly string[];
  /** Of those, the ones that are never below zero. */
  readonly nonNegativeStates: readonly string[];
  /** The weight decay of groups that decay. */
  readonly weightDecay: number;
  /**
   * Set where an update looks at a parameter as a whole (its norm, its rows and columns): the update then comes in the
   * parameter's own shape, parameter by parameter, and this tells the shape of each state.
   */
  readonly shapedState?: (state: string, shape: Shape) => Shape;
  /**
   * Set where a number whose gradient and states are all zero is only multiplied, by this scalar, and its states stay zero:
   * rows of a table that no batch has read yet then cost less.
   */
  readonly idleFactor?: string;
  /** The update as graph: from parameter, gradient, state and scalars to the new parameter and state. */
  update(inputs: UpdateInputs): UpdateOutputs;
  /** The scalars of a step, counted from 1, for a learning rate and a weight decay. */
  scalars(step: number, rate: number, weightDecay: number): Readonly<Record<string, number>>;
}

/** All `[size]`, or in the parameter's shape. */
export interface UpdateInputs {
  readonly parameter: Value;
  readonly gradient: Value; // clipped
  readonly state: Readonly<Record<string, Value>>;
  scalar(name: string): Value; // []
}

export interface UpdateOutputs {
  readonly parameter: Value;
  readonly state: Readonly<Record<string, Value>>;
}
