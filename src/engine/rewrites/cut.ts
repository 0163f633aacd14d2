import { internal } from "../../base/errors.js";
import type { Application, Source, Value } from "../graph/graph.js";
import { isFixed, nameOf } from "../graph/value.js";
import { inOrder } from "../graph/walk.js";
import { applyMaskOp } from "../ops/masking.js";
import { replaceOps, replaceValues } from "./replace.js";

/** A graph whose frozen part is computed apart. */
export interface CutGraph {
  /** The outputs again, over what stands in for the values of the frozen part. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** What the frozen part gives, without dropout, in the order of `replace`. */
  readonly features: readonly Value[];
}

/**
 * Cut a graph where its trained part begins: what lies below, reads frozen parameters and hangs on the inputs is the
 * same for an example whenever it is computed, but for dropout, which is left out of it. Dropout between the last
 * frozen parameter and the first trained one stays. `replace` gives what stands in for a value of the cut.
 */
export function cutFrozen(
  outputs: ReadonlyMap<string, Value>,
  isFrozen: (name: string) => boolean,
  replace: (feature: Value, number: number) => Value,
): CutGraph {
  const features = cutValues([...outputs.values()], isFrozen);
  const cut = replaceValues(outputs, new Map(features.map((value, i) => [value, replace(value, i)])));
  const still = replaceOps(new Map(features.map((value, i) => [String(i), value])), withoutDropout);
  return { outputs: cut, features: features.map((_, i) => still.get(String(i))!) };
}

function withoutDropout(op: Application): readonly Value[] | undefined {
  if (op.op !== applyMaskOp.definition) return undefined;
  const mask = op.inputs[1]!.source;
  if (mask.kind !== "input" || mask.mask === undefined) throw internal("a mask that is no dropout");
  return [op.inputs[0]!];
}

/** The values of the frozen part that the rest reads. */
function cutValues(roots: readonly Value[], isFrozen: (name: string) => boolean): Value[] {
  const order = inOrder(roots).filter((source): source is Application => source.kind === "op");
  const isFrozenParameter = (value: Value): boolean =>
    value.source.kind === "parameter" && (isFixed(value) || isFrozen(nameOf(value)));
  const isFed = ({ source }: Value): boolean => source.kind === "input" && source.mask === undefined;
  const [trained, frozen, fed] = [new Set<Source>(), new Set<Source>(), new Set<Source>()];
  for (const op of order) {
    const has = (set: ReadonlySet<Source>): boolean => op.inputs.some(({ source }) => set.has(source));
    const readsTrained = op.inputs.some(
      (value) => value.source.kind === "parameter" && !isFrozenParameter(value),
    );
    if (readsTrained || has(trained)) trained.add(op);
    if (op.inputs.some(isFrozenParameter) || has(frozen)) frozen.add(op);
    if (op.inputs.some(isFed) || has(fed)) fed.add(op);
  }
  /** What a frozen parameter is applied to further up, before any trained one is. */
  const inside = new Set<Source>();
  for (const op of order.toReversed())
    if (!trained.has(op) && (inside.has(op) || op.inputs.some(isFrozenParameter)))
      for (const { source } of op.inputs) inside.add(source);
  const isBelow = (op: Source): boolean => !trained.has(op) && frozen.has(op);
  /** Whether it is computed in each step still: it is trained, or stands between the frozen part and that. */
  const isKept = (op: Application): boolean =>
    trained.has(op) ||
    (isBelow(op) &&
      !inside.has(op) &&
      op.inputs.some(({ source }) => isBelow(source) && !inside.has(source)));
  const isCut = ({ source }: Value): boolean =>
    source.kind === "op" && isBelow(source) && !isKept(source) && fed.has(source);
  return [...new Set(order.filter(isKept).flatMap(({ inputs }) => inputs.filter(isCut)))];
}
