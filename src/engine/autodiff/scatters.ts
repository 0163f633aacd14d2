import type { Value } from "../graph/graph.js";
import { add, addOp, reshapeOp, scatterAddOp } from "../ops/index.js";

/** Rows to be added up at the ids that are fed under a name. */
export interface ScatterRows {
  readonly rows: Value; // [...ids, ...]
  readonly ids: string;
}

/**
 * Take a gradient apart into scattered rows, whose ids are fed, and the rest (undefined where nothing is left).
 * `scatterAdd(a, ids) + b + scatterAdd(c, ids)` gives the rows `a` and `c`, and the rest `b`.
 */
export function splitScatters(gradient: Value): { rest: Value | undefined; rows: ScatterRows[] } {
  const { source } = gradient;
  if (source.kind === "op" && source.op === scatterAddOp.definition) {
    const ids = fedName(source.inputs[1]!);
    if (ids !== undefined) return { rest: undefined, rows: [{ rows: source.inputs[0]!, ids }] };
  }
  if (source.kind === "op" && source.op === addOp.definition) {
    const [a, b] = source.inputs.map(splitScatters) as [
      ReturnType<typeof splitScatters>,
      ReturnType<typeof splitScatters>,
    ];
    const rows = [...a.rows, ...b.rows];
    if (rows.length > 0)
      return {
        rest: a.rest === undefined ? b.rest : b.rest === undefined ? a.rest : add(a.rest, b.rest),
        rows,
      };
  }
  return { rest: gradient, rows: [] };
}

/** The name of the input that a value is, perhaps in another shape. */
function fedName(value: Value): string | undefined {
  const { source } = value;
  if (source.kind === "input") return source.name;
  return source.kind === "op" && source.op === reshapeOp.definition ? fedName(source.inputs[0]!) : undefined;
}
