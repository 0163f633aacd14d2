import { isFloat } from "../../base/dtype.js";
import { ShapeError } from "../../base/errors.js";
import type { Application, Array64, Body, Flow, Shape, Source, Value } from "../graph/graph.js";
import { applyOp, defineOp, type Op } from "../graph/op.js";
import { describe, input, scalar, sizeAt } from "../graph/value.js";
import { inOrder } from "../graph/walk.js";
import { add, multiply } from "./arithmetic.js";
import { matmul } from "./matmul.js";
import { broadcast } from "./reduction.js";
import { overSteps } from "./step-sums.js";
import { tanh } from "./transcendental.js";

// Recurrence: one step, a graph of its own, is done again and again. The gradient is another scan, in the other
// direction.

interface ScanAttributes {
  /**
   * Inputs: the states, a row of each sequence, then what all steps read of the graph around.
   * Values: the next states, then all that a step computes, which the scan gives out in rows, one a step. The
   * gradient reads there what it needs; a runtime writes only what is read.
   */
  readonly body: Body;
  readonly stateCount: number;
  readonly sequenceCount: number;
  /** From the last row to the first. */
  readonly reverse: boolean;
}

/** Inputs: first states, sequences `[steps, ...]`, outer values. Outputs: last states, then rows `[steps, ...]`. */
export const scanOp: Op<ScanAttributes> = defineOp<ScanAttributes>({
  name: "scan",
  infer(inputs, { body, stateCount, sequenceCount }) {
    const steps = sizeAt(inputs[stateCount]!, 0);
    body.inputs.forEach((expected, i) => {
      const isRow = i >= stateCount && i < stateCount + sequenceCount;
      const shape = isRow ? [steps, ...expected.shape] : expected.shape;
      const { dtype } = expected;
      if (inputs[i]!.dtype !== dtype || inputs[i]!.shape.join() !== shape.join())
        throw new ShapeError(`scan: expected ${describe({ dtype, shape })}, got ${describe(inputs[i]!)}`);
    });
    return body.values.map((value, i) => {
      if (i >= stateCount) return { dtype: value.dtype, shape: [steps, ...value.shape] };
      const [before, after] = [describe(body.inputs[i]!), describe(value)];
      if (before !== after || !isFloat(value.dtype))
        throw new ShapeError(
          `scan: expected a step to keep a state of floats as it is, got ${before} and ${after}`,
        );
      return value;
    });
  },
  evaluate({ inputs, outputs, attributes: { body, stateCount, sequenceCount, reverse }, run }) {
    let states = inputs.slice(0, stateCount);
    const sequences = inputs.slice(stateCount, stateCount + sequenceCount);
    const outer = inputs.slice(stateCount + sequenceCount);
    const stepCount = sequences[0]!.shape[0]!;
    for (let i = 0; i < stepCount; i++) {
      const step = reverse ? stepCount - 1 - i : i;
      const values = run(body, [...states, ...sequences.map((sequence) => rowOf(sequence, step)), ...outer]);
      states = values.slice(0, stateCount);
      for (let k = stateCount; k < values.length; k++)
        outputs[k]!.data.set(values[k]!.data, step * values[k]!.data.length);
    }
    states.forEach((state, i) => {
      outputs[i]!.data.set(state.data);
    });
  },
  lower({ emit, inputs, isRead, attributes: { body, stateCount, sequenceCount, reverse } }) {
    const formalCount = stateCount + sequenceCount;
    const outer = body.inputs.slice(formalCount);
    const kept = [...body.values.keys()].filter((i) => i < stateCount || isRead[i]);
    // where a body cannot read the graph around, what it reads there goes along as states that stay as they are
    const carried = emit.outerValues ? [] : outer;
    const read = emit.outerValues
      ? outer.map(({ source }, i) => [source, inputs[formalCount + i]!] as const)
      : [];
    const graph = emit.graph(
      [...body.inputs.slice(0, stateCount), ...carried, ...body.inputs.slice(stateCount, formalCount)],
      new Map(read),
      [
        ...kept.slice(0, stateCount).map((i) => body.values[i]!),
        ...carried,
        ...kept.slice(stateCount).map((i) => body.values[i]!),
      ],
    );
    const direction = Number(reverse);
    const names = emit.node(
      "Scan",
      [
        ...inputs.slice(0, stateCount),
        ...(emit.outerValues ? [] : inputs.slice(formalCount)),
        ...inputs.slice(stateCount, formalCount),
      ],
      {
        body: { kind: "graph", value: graph },
        num_scan_inputs: { kind: "int", value: sequenceCount },
        scan_input_directions: { kind: "ints", value: new Array<number>(sequenceCount).fill(direction) },
        scan_output_directions: {
          kind: "ints",
          value: new Array<number>(kept.length - stateCount).fill(direction),
        },
      },
      { outputCount: kept.length + carried.length },
    );
    const given = [...names.slice(0, stateCount), ...names.slice(stateCount + carried.length)];
    return body.values.map((_, i) => given[kept.indexOf(i)] ?? "");
  },
  gradient({ dys, x, y, attributes, differentiate }) {
    const { body, stateCount, sequenceCount, reverse } = attributes;
    const states = body.inputs.slice(0, stateCount);
    const outer = body.inputs.slice(stateCount + sequenceCount);

    // one step back: from what flows into its values to what flows into its inputs
    const flowingStates = states.map(({ shape }, i) => input(`flow ${i}`, shape));
    const read = [...dys.keys()].filter((i) => i >= stateCount && dys[i] !== undefined);
    const flowingRows = read.map((i) => input(`flow ${i}`, body.values[i]!.shape));
    const flows: Flow[] = [
      ...flowingStates.map((dy, i) => [body.values[i]!, dy] as const),
      ...flowingRows.map((dy, k) => [body.values[read[k]!]!, dy] as const),
    ];
    const dInputs = differentiate(flows, body.inputs);
    const dStates = states.map((state, i) => dInputs[i] ?? zeros(state.shape));
    const dRows = dInputs.slice(stateCount, stateCount + sequenceCount);

    /** All rows of a value of the forward step, where the forward scan gives them out. */
    const forwardRows = (value: Value): Value | undefined => {
      const row = body.inputs.findIndex((own) => isSame(own, value));
      if (row >= stateCount) return row < stateCount + sequenceCount ? x[row] : undefined;
      const given = body.values.findIndex((own, i) => i >= stateCount && isSame(own, value));
      return y[given];
    };
    const forward = new Set<Source>(inOrder([...body.inputs, ...body.values]));
    const sums = outer.map((_, i) => {
      const term = dInputs[stateCount + sequenceCount + i];
      const canStack = (value: Value): boolean =>
        !forward.has(value.source) || forwardRows(value) !== undefined;
      return term === undefined ? undefined : overSteps(term, canStack);
    });
    const stacked = sums.flatMap((sum) => sum?.stacked ?? []).filter((value) => !forward.has(value.source));
    const added = sums.flatMap((sum) => sum?.added ?? []);
    const totals = added.map(({ shape }, i) => input(`total ${i}`, shape));

    // what the step back reads of the forward step comes in rows, and what is the same in all steps from outside
    const residuals = new Map<Value, Value>(); // forward rows -> the row of a step
    const replace = (value: Value): Value => {
      if (!forward.has(value.source) || value.source.kind === "constant") return value;
      const rows = forwardRows(value);
      if (rows === undefined) return x[body.inputs.indexOf(value)]!;
      const known = residuals.get(rows) ?? input(`residual ${residuals.size}`, value.shape, value.dtype);
      residuals.set(rows, known);
      return known;
    };
    const back = rebuilt([...dStates, ...dRows, ...stacked, ...added], forward, replace);
    const dx = dRows.map((value) => value && back(value));
    const next = [...dStates.map(back), ...totals.map((total, i) => add(total, back(added[i]!)))];
    if (flowingRows.length + residuals.size === 0) replace(body.inputs[stateCount]!); // something to count steps by
    const repeated = repeat({
      initial: [
        ...states.map(({ shape }, i) => dys[i] ?? zeros(shape)),
        ...totals.map(({ shape }) => zeros(shape)),
      ],
      sequences: [...read.map((i) => dys[i]!), ...residuals.keys()],
      states: [...flowingStates, ...totals],
      rows: [...flowingRows, ...residuals.values()],
      next,
      outputs: [...dx.filter((value) => value !== undefined), ...stacked.map(back)],
      reverse: !reverse,
    });
    const rowsOf = (value: Value): Value => forwardRows(value) ?? repeated.rowsOf(back(value));
    const totalOf = (value: Value): Value => repeated.states[stateCount + added.indexOf(value)]!;
    return [
      ...repeated.states.slice(0, stateCount),
      ...dx.map((value) => (value === undefined ? null : repeated.rowsOf(value))),
      ...sums.map((sum) => sum?.finish(rowsOf, totalOf) ?? null),
    ];
  },
  examples: [
    {
      // a plain recurrent network: h = tanh(h W + x)
      inputs: [{ shape: [2, 3] }, { shape: [4, 2, 3] }, { shape: [3, 3] }],
      attributes: exampleStep([[2, 3]], [[2, 3]], [[3, 3]], false, ([h], [row], [weight]) => ({
        states: [tanh(add(matmul(h!, weight!), row!))],
        outputs: [],
      })),
    },
    {
      // two states, from the last row to the first, weights that are added up within the loop and outside
      inputs: [{ shape: [2] }, { shape: [2] }, { shape: [3, 2] }, { shape: [2] }, { shape: [] }],
      attributes: exampleStep([[2], [2]], [[2]], [[2], []], true, ([a, b], [row], [weight, factor]) => ({
        states: [add(multiply(a!, weight!), multiply(b!, row!)), multiply(tanh(a!), factor!)],
        outputs: [multiply(a!, b!)],
      })),
    },
  ],
});

/** What a step gives: the next states, and what is wanted from each step. */
export interface ScanStep {
  readonly states: readonly Value[];
  readonly outputs: readonly Value[];
}

/**
 * Do a step for each row of `sequences` (`[steps, ...]`, all of one length, at least one): from the states and the rows it makes the
 * next states, and outputs, which come back in rows `[steps, ...]`, beside the last states. A step may read any value
 * around it; what does not depend on the step is computed once.
 *
 *     const sums = scan([zero], [numbers], ([sum], [row]) => {
 *       const next = add(sum, row);
 *       return { states: [next], outputs: [next] };
 *     });
 */
export function scan(
  initial: readonly Value[],
  sequences: readonly Value[],
  step: (states: readonly Value[], rows: readonly Value[]) => ScanStep,
  options: { readonly reverse?: boolean } = {},
): ScanStep {
  const states = initial.map(({ shape, dtype }, i) => input(`state ${i}`, shape, dtype));
  const rows = sequences.map(({ shape, dtype }, i) => input(`row ${i}`, shape.slice(1), dtype));
  const { states: next, outputs } = step(states, rows);
  const { reverse = false } = options;
  const repeated = repeat({ initial, sequences, states, rows, next, outputs, reverse });
  return { states: repeated.states, outputs: outputs.map(repeated.rowsOf) };
}

interface Loop {
  readonly initial: readonly Value[];
  readonly sequences: readonly Value[];
  /** What stands for the states, and for a row of each sequence, in one step. */
  readonly states: readonly Value[];
  readonly rows: readonly Value[];
  readonly next: readonly Value[];
  readonly outputs: readonly Value[];
  readonly reverse: boolean;
}

interface Repeated {
  /** After the last step. */
  readonly states: readonly Value[];
  /** A value of the step, from all steps. */
  rowsOf(value: Value): Value;
}

function repeat(loop: Loop): Repeated {
  const { initial, sequences, states, rows, reverse } = loop;
  const { body, outer, inner } = closed(loop);
  const attributes = { body, stateCount: states.length, sequenceCount: rows.length, reverse };
  const { outputs } = applyOp(scanOp.definition, [...initial, ...sequences, ...outer], attributes);
  const rowsOf = (value: Value): Value => {
    const row = rows.indexOf(value);
    if (row >= 0) return sequences[row]!;
    const own = inner(value);
    const given = body.values.findIndex((other, i) => i >= states.length && isSame(other, own));
    if (given >= 0) return outputs[given]!;
    return broadcast(value, [sizeAt(sequences[0]!, 0), ...value.shape]); // the same in each step
  };
  return { states: outputs.slice(0, states.length), rowsOf };
}

/** The step as a body that reads nothing around it: what it did read (`outer`) becomes inputs. */
function closed({ states, rows, next, outputs }: Loop): {
  body: Body;
  outer: readonly Value[];
  inner: (value: Value) => Value;
} {
  const given = new Set<Source>([...states, ...rows].map(({ source }) => source));
  const dependent = new Set<Source>(given);
  const order = inOrder([...next, ...outputs]);
  for (const source of order)
    if (source.kind === "op" && source.inputs.some((x) => dependent.has(x.source))) dependent.add(source);
  const outer: Value[] = [];
  const formals: Value[] = [];
  const copies = new Map<Source, Application>();
  const inner = (value: Value): Value => {
    const { source } = value;
    if (given.has(source) || source.kind === "constant") return value;
    const copy = copies.get(source);
    if (copy !== undefined) return copy.outputs[value.output]!;
    const known = outer.findIndex((other) => isSame(other, value));
    if (known >= 0) return formals[known]!;
    const formal = input(`outer ${outer.length}`, value.shape, value.dtype);
    outer.push(value);
    formals.push(formal);
    return formal;
  };
  for (const source of order)
    if (source.kind === "op" && dependent.has(source))
      copies.set(source, applyOp(source.op, source.inputs.map(inner), source.attributes));
  const nextStates = next.map(inner);
  const computed = [...copies.values()].flatMap((copy) => copy.outputs);
  const body = { inputs: [...states, ...rows, ...formals], values: [...nextStates, ...states, ...computed] };
  return { body, outer, inner };
}

/** A function from values to the same values with `replace` applied to what they read of `kept` sources. */
function rebuilt(
  roots: readonly (Value | undefined)[],
  kept: ReadonlySet<Source>,
  replace: (value: Value) => Value,
): (value: Value) => Value {
  const copies = new Map<Source, Application>();
  const rebuild = (value: Value): Value => {
    const copy = copies.get(value.source);
    return copy === undefined ? replace(value) : copy.outputs[value.output]!;
  };
  for (const source of inOrder(roots.filter((root) => root !== undefined)))
    if (source.kind === "op" && !kept.has(source))
      copies.set(source, applyOp(source.op, source.inputs.map(rebuild), source.attributes));
  return rebuild;
}

function isSame(a: Value, b: Value): boolean {
  return a.source === b.source && a.output === b.output;
}

function zeros(shape: Shape): Value {
  return shape.length === 0 ? scalar(0) : broadcast(scalar(0), shape);
}

function rowOf({ shape, data }: Array64, row: number): Array64 {
  const size = data.length / shape[0]!;
  return { shape: shape.slice(1), data: data.subarray(row * size, (row + 1) * size) };
}

/** The attributes of a scan of given shapes, for the sweeps. */
function exampleStep(
  states: readonly (readonly number[])[],
  rows: readonly (readonly number[])[],
  outer: readonly (readonly number[])[],
  reverse: boolean,
  step: (states: readonly Value[], rows: readonly Value[], outer: readonly Value[]) => ScanStep,
): ScanAttributes {
  const [stateInputs, rowInputs, outerInputs] = [states, rows, outer].map((shapes, kind) =>
    shapes.map((shape, i) => input(`${kind} ${i}`, shape)),
  ) as [Value[], Value[], Value[]];
  const { states: next, outputs } = step(stateInputs, rowInputs, outerInputs);
  const body = { inputs: [...stateInputs, ...rowInputs, ...outerInputs], values: [...next, ...stateInputs] };
  const computed = inOrder([...next, ...outputs]).flatMap((source) =>
    source.kind === "op" ? source.outputs : [],
  );
  return {
    body: { ...body, values: [...body.values, ...computed] },
    stateCount: states.length,
    sequenceCount: rows.length,
    reverse,
  };
}
