import type { Tensor } from "../base/index.js";
import { restoreOrder, streamBatches } from "../data/batches.js";
import type { Value } from "../engine/index.js";
import { type AnyTrainingProblem, type ItemOutput, isRunningText, type TaskItem } from "../tasks/task.js";
import type { CarriedState } from "../training/gradient-graph.js";
import type { WorkerLearner } from "../training/worker-learner.js";
import type { RunEvents } from "./events.js";
import { batchFeeds, evaluationBatches, lengthOf, type RowLayout } from "./row-layout.js";
import type { ProblemGraphs } from "./session.js";

/** How many tokens items have, all windows and choices together. */
export function tokensOf(items: readonly TaskItem[]): number {
  return items.reduce(
    (count, { choices, encoding }) =>
      count + (choices ?? [encoding]).reduce((sum, { ids }) => sum + ids.length, 0),
    0,
  );
}

/**
 * Items as a step sees them: what is drawn anew is drawn, and what the model proposes itself is filled in by the graph
 * `proposal`.
 */
export async function drawItems(
  learner: WorkerLearner,
  problem: AnyTrainingProblem,
  items: readonly TaskItem[],
  { seed, step, layout }: { readonly seed: number; readonly step: number; readonly layout: RowLayout },
): Promise<readonly TaskItem[]> {
  const drawn = problem.redraw?.(items, seed, step) ?? items;
  if (problem.proposal === undefined) return drawn;
  const targets = problem.targets(drawn, lengthOf(drawn), 1);
  const outputs = await learner.forward("proposal", new Map([...batchFeeds(drawn, layout), ...targets]));
  return problem.proposal.answer(drawn, outputs, seed, step);
}

/** What a model gave for items, and their mean loss where they have targets. */
export interface RunResult {
  readonly outputs: readonly ItemOutput[];
  readonly loss: number | undefined;
  readonly batchCount: number;
}

/** The graph that `runItems` runs: the head's outputs, the loss where one is asked for, and states that go on. */
export function evaluationOutputs(
  { heads, evaluationLoss, evaluationState }: ProblemGraphs,
  withLoss: boolean,
): ReadonlyMap<string, Value> {
  return new Map([
    ...heads,
    ...(withLoss ? ([["loss", evaluationLoss]] as const) : []),
    ...evaluationState.map(({ name, output }) => [`state:${name}`, output] as const),
  ]);
}

/**
 * In how many streams a running text is tried by a model that carries its state: a number of its own, so that results
 * do not hang on the batch size. It is that of PyTorch's example of a recurrent language model.
 */
const evaluationStreams = 10;

/** Run items through the graph prepared as `key`, in batches of like length; results come in the items' order. */
export async function runItems(
  learner: WorkerLearner,
  key: string,
  problem: AnyTrainingProblem,
  items: readonly TaskItem[],
  {
    batchSize,
    layout,
    withLoss,
    state,
    events,
  }: {
    batchSize: number;
    layout: RowLayout;
    withLoss: boolean;
    /** What the graph carries from batch to batch of a running text. */
    state: readonly CarriedState[];
    events?: RunEvents | undefined;
  },
): Promise<RunResult> {
  const goesOn = state.length > 0 && isRunningText(items);
  const batches = goesOn
    ? streamBatches(items.length, evaluationStreams)
    : evaluationBatches(
        items.map(({ encoding }) => encoding.ids.length),
        batchSize,
        layout,
      );
  let carried: ReadonlyMap<string, Tensor> = new Map();
  const results: ItemOutput[][] = [];
  let [lossSum, weightSum] = [0, 0];
  for (const [number, rows] of batches.entries()) {
    const own = Array.from(rows, (row) => items[row]!);
    const batch = await drawItems(learner, problem, own, { seed: 0, step: 0, layout }); // every trial sees the same
    const readsTargets = withLoss || problem.evaluated !== undefined;
    const weight = readsTargets ? problem.weightOf(batch) : 0;
    const further = readsTargets ? problem.furtherWeightsOf?.(batch) : undefined;
    const targets = readsTargets
      ? problem.targets(batch, lengthOf(batch), Math.max(weight, 1e-12), further)
      : [];
    const feeds = new Map([...batchFeeds(batch, layout), ...stateFeeds(state, batch.length, carried)]);
    const outputs = await learner.forward(key, new Map([...feeds, ...targets]));
    if (goesOn) carried = new Map(state.map(({ name }) => [name, outputs.get(`state:${name}`)!]));
    results.push([...problem.readOutputs(batch, outputs)]);
    lossSum += weight * Number(outputs.get("loss")?.data[0] ?? 0);
    weightSum += weight;
    events?.progress?.({ phase: "evaluate", done: number + 1, total: batches.length });
  }
  return {
    outputs: restoreOrder(batches, results),
    loss: withLoss && weightSum > 0 ? lossSum / weightSum : undefined,
    batchCount: batches.length,
  };
}

/** What each row goes on from: the state that the batch before left, of as many rows as there are; zeros to begin with. */
function stateFeeds(
  state: readonly CarriedState[],
  rowCount: number,
  carried: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  return new Map(
    state.map(({ name, input: { shape } }) => {
      const size = shape.slice(1).reduce<number>((a, b) => a * Number(b), 1);
      const data = new Float32Array(rowCount * size);
      const before = carried.get(name);
      if (before !== undefined) data.set((before.data as Float32Array).subarray(0, data.length));
      return [name, { dtype: "float32", shape: [rowCount, ...(shape.slice(1) as number[])], data }];
    }),
  );
}
