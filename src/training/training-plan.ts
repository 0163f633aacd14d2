import { OptionError, sizeOf } from "../base/index.js";
import { leaves, nameOf } from "../engine/index.js";
import type { ParameterSlot } from "./arena.js";
import { type GradientGraph, gradientGraph } from "./gradient-graph.js";
import { groupParameters, type ParameterGroup } from "./parameter-groups.js";
import type { TrainerOptions } from "./trainer-options.js";
import { type UpdatePlan, updatePlan } from "./update-plan.js";

/** What a training is, before any number is there. */
export interface TrainingPlan {
  readonly groups: readonly ParameterGroup[];
  readonly slots: readonly ParameterSlot[];
  /** How many numbers are trained. */
  readonly trainedCount: number;
  readonly gradients: GradientGraph;
  readonly update: UpdatePlan;
}

/** Settle which parameters are trained and how, and build the graphs of gradient and update. */
export function planTraining(options: Omit<TrainerOptions, "weights">): TrainingPlan {
  const { loss, forwards = new Map(), optimizer, optimizerState = "fp32" } = options;
  const all = leaves(
    [loss, ...[...forwards.values()].flatMap((outputs) => [...outputs.values()])],
    "parameter",
  );
  const { groups, slots } = groupParameters(all, options.rules);
  const frozen = new Set(slots.filter(({ group }) => group === "frozen").map(({ name }) => name));
  const trained = leaves([loss], "parameter").filter((value) => !frozen.has(nameOf(value)));
  if (trained.length === 0)
    throw new OptionError("expected parameters to train, got a loss that depends on frozen ones only");
  const gradients = gradientGraph(loss, trained, options.boundaries, options.state);
  const tables = new Set(gradients.plan.scatters.map(({ parameter }) => parameter));
  return {
    ...{ groups, slots, gradients },
    trainedCount: slots.reduce((sum, { shape, group }) => sum + (group === "frozen" ? 0 : sizeOf(shape)), 0),
    update: updatePlan(optimizer, slots, { format: optimizerState, tables }),
  };
}
