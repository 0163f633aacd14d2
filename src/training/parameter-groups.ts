import { isFixed, nameOf, type Value } from "../engine/index.js";
import type { ParameterSlot } from "./arena.js";

/** How a parameter is trained, where it differs from the others. */
export interface ParameterRule {
  /** It stays as it is and costs neither a gradient nor optimizer state; nothing below frozen parts is computed. Default false. */
  readonly frozen?: boolean;
  /** Its learning rate as a share of the schedule's. Default 1. */
  readonly rateShare?: number;
}

/** Parameters that move alike. */
export interface ParameterGroup {
  readonly rateShare: number;
  readonly decays: boolean;
}

/**
 * Divide parameters into groups, faster ones first. Matrices decay by the optimizer's weight decay; biases and norms,
 * which have one axis, do not.
 */
export function groupParameters(
  parameters: readonly Value[],
  rules: (name: string) => ParameterRule = () => ({}),
): { groups: readonly ParameterGroup[]; slots: readonly ParameterSlot[] } {
  const ruled = parameters.map((value) => {
    const [name, shape] = [nameOf(value), value.shape as readonly number[]];
    const { frozen = isFixed(value), rateShare = 1 } = isFixed(value) ? {} : rules(name);
    return { name, shape, frozen, rateShare, decays: shape.length > 1 };
  });
  const trained = ruled.filter(({ frozen }) => !frozen);
  const isSame = (a: ParameterGroup, b: ParameterGroup): boolean =>
    a.rateShare === b.rateShare && a.decays === b.decays;
  const groups = trained
    .map(({ rateShare, decays }) => ({ rateShare, decays }))
    .filter((group, i, all) => all.findIndex((other) => isSame(group, other)) === i)
    .sort((a, b) => b.rateShare - a.rateShare || Number(b.decays) - Number(a.decays));
  const slots = ruled.map(({ frozen, name, shape, ...own }) => ({
    name,
    shape,
    group: frozen ? ("frozen" as const) : groups.findIndex((group) => isSame(group, own)),
  }));
  return { groups, slots };
}
