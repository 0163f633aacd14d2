import {
  add,
  broadcast,
  cast,
  concatenate,
  type Dimension,
  matmul,
  multiply,
  multiplyDimensions,
  parameter,
  reshape,
  scalar,
  scan,
  transpose,
  type Value,
  where,
} from "../engine/index.js";
import type { BuildMode } from "./build-mode.js";
import { dropout } from "./dropout.js";
import {
  gruCell,
  lstmCell,
  type RecurrentCell,
  type RecurrentWeights,
  reluCell,
  tanhCell,
} from "./recurrent-cell.js";

/** Recurrent cells by the names that configuration files use. */
export const recurrentCells: ReadonlyMap<string, RecurrentCell> = new Map([
  ["lstm", lstmCell],
  ["gru", gruCell],
  ["rnn-tanh", tanhCell],
  ["rnn-relu", reluCell],
]);

/** The states of one layer in one direction, `[batch, hidden]` each: the hidden state, and of an LSTM its cell. */
export type RecurrentState = readonly Value[];

export interface RecurrentOptions {
  readonly cell: RecurrentCell;
  readonly hiddenSize: number;
  readonly layerCount: number;
  /** From the first token to the last (the default), from the last to the first, or both beside each other. */
  readonly direction?: "forward" | "backward" | "both";
  /** Default true. */
  readonly hasBias?: boolean;
  /** Of an LSTM: the size of its hidden state where that is a projection of its cell. */
  readonly projectionSize?: number;
  /** Dropout between layers; none behind the last. Default 0. */
  readonly dropoutRate?: number;
  /** 1 a token, 0 padding: `[batch, sequence]`. At padding a state stays as it is, and outputs are 0. */
  readonly mask?: Value;
  /** Where each layer starts, the directions of a layer after each other. Default zeros. */
  readonly initial?: readonly RecurrentState[];
}

/** What a stack of recurrent layers gives. */
export interface Recurrent {
  /** `[batch, sequence, directions*hidden]`, of the last layer. */
  readonly output: Value;
  /** The same of each layer. */
  readonly layers: readonly Value[];
  /** The states after the last token of each row (of the backward direction: after the first), ordered as `initial`. */
  readonly states: readonly RecurrentState[];
  /** What goes into each layer and out of the last, `[sequence, batch, ...]`: where gradient checkpointing may cut. */
  readonly boundaries: readonly Value[];
}

/**
 * Recurrent layers on top of each other: `[batch, sequence, in]`. Parameters have the layout of PyTorch:
 * `<name>.<layer>.forward.input.weight` `[gates*hidden, in]`, `...hidden.weight` `[gates*hidden, hidden]`, a bias
 * `[gates*hidden]` of each, `...projection.weight`; and the same with `backward`.
 */
export function recurrent(x: Value, name: string, options: RecurrentOptions, mode: BuildMode): Recurrent {
  const { layerCount, direction = "forward", dropoutRate = 0, mask, initial } = options;
  const sides = direction === "both" ? (["forward", "backward"] as const) : [direction];
  const timeMajor = (value: Value): Value => transpose(value, [1, 0, 2]); // and back
  const steps = mask === undefined ? undefined : keptSteps(mask);
  const states: RecurrentState[] = [];
  const layers: Value[] = [];
  let rows = timeMajor(x); // [sequence, batch, ...]
  const boundaries = [rows];
  for (let layer = 0; layer < layerCount; layer++) {
    const input = layer === 0 ? rows : dropout(rows, dropoutRate, mode);
    const outputs = sides.map((side) => {
      const start = initial?.[states.length];
      const result = layerSide(input, `${name}.${layer}.${side}`, side === "backward", start, steps, options);
      states.push(result.state);
      return result.output;
    });
    rows = outputs.length === 1 ? outputs[0]! : concatenate(outputs, 2);
    boundaries.push(rows);
    layers.push(timeMajor(rows));
  }
  return { output: layers.at(-1)!, layers, states, boundaries };
}

/** Which rows are at a token in each step: `[sequence, batch, 1]`, to choose by and to multiply with. */
export interface KeptSteps {
  readonly chosen: Value; // bool
  readonly factor: Value; // float32
}

/** A mask `[batch, sequence]` step by step. */
export function keptSteps(mask: Value): KeptSteps {
  const [batch, sequence] = mask.shape as [Dimension, Dimension];
  const byStep = reshape(transpose(mask, [1, 0]), [sequence, batch, 1]);
  return { chosen: cast(byStep, "bool"), factor: cast(byStep, "float32") };
}

function layerSide(
  x: Value, // [sequence, batch, in]
  name: string,
  reverse: boolean,
  initial: RecurrentState | undefined,
  steps: KeptSteps | undefined,
  options: RecurrentOptions,
): { output: Value; state: RecurrentState } {
  const { cell, hiddenSize, projectionSize = hiddenSize } = options;
  const [sequence, batch, inSize] = x.shape as [Dimension, Dimension, number];
  const { weights, input, inputBias } = sideWeights(name, inSize, options);
  const bias = inputBias === undefined ? {} : { bias: inputBias };
  const flat = reshape(x, [multiplyDimensions(sequence, batch), inSize]);
  const projected = matmul(flat, input, { transposeB: true, ...bias }); // of all steps at once
  const gates = reshape(projected, [sequence, batch, cell.gateCount * hiddenSize]);

  const zero = (size: number): Value => broadcast(scalar(0), [batch, size]);
  const start = initial ?? [projectionSize, hiddenSize].slice(0, cell.stateCount).map(zero);
  const sequences = steps === undefined ? [gates] : [gates, steps.chosen];
  const { states, outputs } = scan(
    start,
    sequences,
    (before, [row, isToken]) => {
      const next = cell.step(row!, before, weights);
      const after = isToken === undefined ? next : next.map((state, i) => where(isToken, state, before[i]!));
      return { states: after, outputs: after.slice(0, 1) };
    },
    { reverse },
  );
  const shown = steps === undefined ? outputs[0]! : multiply(outputs[0]!, steps.factor);
  return { output: shown, state: states };
}

/** The parameters of a layer in one direction, and what is added to its rows before the loop. They start as PyTorch's do, within one over the root of the hidden size. */
export function sideWeights(
  name: string,
  inSize: number,
  options: Pick<RecurrentOptions, "cell" | "hiddenSize" | "projectionSize" | "hasBias">,
): { weights: RecurrentWeights; input: Value; inputBias: Value | undefined } {
  const { cell, hiddenSize, projectionSize, hasBias = true } = options;
  const limit = 1 / Math.sqrt(hiddenSize);
  const make = (part: string, shape: readonly number[]): Value =>
    parameter(`${name}.${part}`, shape, { kind: "uniform", limit });
  const gateRows = cell.gateCount * hiddenSize;
  const input = make("input.weight", [gateRows, inSize]);
  const hidden = make("hidden.weight", [gateRows, projectionSize ?? hiddenSize]);
  const biases = hasBias ? [make("input.bias", [gateRows]), make("hidden.bias", [gateRows])] : [];
  const [inputBias, hiddenBias] = biases;
  const projection =
    projectionSize === undefined ? undefined : make("projection.weight", [projectionSize, hiddenSize]);
  const isMerged = cell.mergesBiases && inputBias !== undefined && hiddenBias !== undefined;
  return {
    input,
    inputBias: isMerged ? add(inputBias, hiddenBias) : inputBias,
    weights: {
      hidden,
      ...(isMerged || hiddenBias === undefined ? {} : { hiddenBias }),
      ...(projection === undefined ? {} : { projection }),
    },
  };
}

/**
 * Names of all parameters of `recurrent` beside those of a PyTorch module, for a table of names:
 * `["lstm.{n}.forward.input.weight", "lstm.weight_ih_l{n}"]`, ...
 */
export function recurrentNames(own: string, foreign: string): (readonly [own: string, foreign: string])[] {
  const parts = [
    ["input.weight", "weight_ih"],
    ["hidden.weight", "weight_hh"],
    ["input.bias", "bias_ih"],
    ["hidden.bias", "bias_hh"],
    ["projection.weight", "weight_hr"],
  ] as const;
  const sides = [
    ["forward", ""],
    ["backward", "_reverse"],
  ] as const;
  return sides.flatMap(([side, ending]) =>
    parts.map(
      ([ours, theirs]) => [`${own}.{n}.${side}.${ours}`, `${foreign}.${theirs}_l{n}${ending}`] as const,
    ),
  );
}
