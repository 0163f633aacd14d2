import {
  nameOf,
  recomputedGradient,
  reshape,
  type Shape,
  splitScatters,
  type Value,
} from "../engine/index.js";

/** What a model carries from one step of training to the next: an input, and what is fed to it in the next step. */
export interface CarriedState {
  readonly name: string;
  readonly input: Value;
  readonly output: Value;
}

/** What the gradient program computes, and where each result belongs. Plain data but for the graph itself. */
export interface GradientGraph {
  /** `loss`, gradients `gradient:<parameter>`, rows `rows:<n>`, and states `state:<name>`. */
  readonly outputs: ReadonlyMap<string, Value>;
  readonly plan: GradientPlan;
}

export interface GradientPlan {
  /** Parameters whose gradient comes (also) as a whole array. */
  readonly dense: readonly string[];
  /** Rows to be added to a parameter's gradient at ids that are fed: the gradient of an embedding. */
  readonly scatters: readonly { readonly parameter: string; readonly rows: string; readonly ids: string }[];
  /** Inputs that begin as zeros and go on, row by row, with the output `state:<name>` of the step before. */
  readonly carried: readonly { readonly name: string; readonly shape: Shape }[];
}

/**
 * The graph that computes `loss` and its gradient for each of `parameters`. The gradient of an embedding table is
 * not made in the graph: its rows come out, and the learner adds them up in a fixed order. That is deterministic,
 * and no array as large as the vocabulary is written for a batch that holds a hundredth of it.
 *
 * Between `boundaries`, where they are given, the forward pass is computed a second time instead of kept. What flows
 * back ends at the inputs of `state` (truncated back-propagation through time).
 */
export function gradientGraph(
  loss: Value,
  parameters: readonly Value[],
  boundaries: readonly Value[] = [],
  state: readonly CarriedState[] = [],
): GradientGraph {
  const outputs = new Map<string, Value>([["loss", reshape(loss, [])]]);
  const dense: string[] = [];
  const scatters: { parameter: string; rows: string; ids: string }[] = [];
  const rowsNames = new Map<Value, string>();
  const nameRows = (rows: Value): string => {
    const name = rowsNames.get(rows) ?? `rows:${rowsNames.size}`;
    rowsNames.set(rows, name);
    outputs.set(name, rows);
    return name;
  };
  recomputedGradient(loss, parameters, boundaries).forEach((whole, i) => {
    const parameter = nameOf(parameters[i] as Value);
    if (whole === undefined) return;
    const { rest, rows } = splitScatters(whole);
    if (rest !== undefined) {
      dense.push(parameter);
      outputs.set(`gradient:${parameter}`, rest);
    }
    for (const scatter of rows) scatters.push({ parameter, rows: nameRows(scatter.rows), ids: scatter.ids });
  });
  for (const { name, output } of state) outputs.set(`state:${name}`, output);
  const carried = state.map(({ name, input: { shape } }) => ({ name, shape }));
  return { outputs, plan: { dense, scatters, carried } };
}
