import {
  add,
  matmul,
  multiply,
  sigmoid,
  sizeAt,
  split,
  subtract,
  tanh,
  type Value,
} from "../engine/index.js";
import { relu } from "./activation.js";

// One step of a recurrent layer. Weights have PyTorch's layout: gates one after the other in the rows.

/** What a step reads beside its row and its states. */
export interface RecurrentWeights {
  readonly hidden: Value; // [gates*hidden, state]
  readonly hiddenBias?: Value; // [gates*hidden]
  /** Of an LSTM whose hidden state is smaller than its cell: `[state, hidden]`. */
  readonly projection?: Value;
}

export interface RecurrentCell {
  /** How many times the hidden size the rows of its weights are. */
  readonly gateCount: number;
  /** How many states it carries; the first is also its output. */
  readonly stateCount: number;
  /** Whether `hiddenBias` only ever adds to the row, so that both biases can be added at once, before the loop. */
  readonly mergesBiases: boolean;
  /** From `row` `[batch, gates*hidden]`, the input times its weight, and the states `[batch, hidden]`, the next states. */
  step(row: Value, states: readonly Value[], weights: RecurrentWeights): readonly Value[];
}

/** Long short-term memory (Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735); gates i, f, g, o. */
export const lstmCell: RecurrentCell = {
  gateCount: 4,
  stateCount: 2,
  mergesBiases: true,
  step(row, [hidden, cell], weights) {
    const gates = matmul(hidden!, weights.hidden, { transposeB: true, bias: row }); // [batch, 4*hidden]
    const [input, forget, candidate, output] = gatesOf(gates, 4) as [Value, Value, Value, Value];
    const kept = multiply(sigmoid(forget), cell!);
    const next = add(kept, multiply(sigmoid(input), tanh(candidate)));
    const shown = multiply(sigmoid(output), tanh(next));
    const { projection } = weights;
    return [projection === undefined ? shown : matmul(shown, projection, { transposeB: true }), next];
  },
};

/** Gated recurrent unit (Cho et al. 2014, https://arxiv.org/abs/1406.1078); gates r, z, n. */
export const gruCell: RecurrentCell = {
  gateCount: 3,
  stateCount: 1,
  mergesBiases: false,
  step(row, [hidden], { hidden: weight, hiddenBias }) {
    const bias = hiddenBias === undefined ? {} : { bias: hiddenBias };
    const recalled = matmul(hidden!, weight, { transposeB: true, ...bias });
    const [rowReset, rowUpdate, rowNew] = gatesOf(row, 3) as [Value, Value, Value];
    const [reset, update, recalledNew] = gatesOf(recalled, 3) as [Value, Value, Value];
    const candidate = tanh(add(rowNew, multiply(sigmoid(add(rowReset, reset)), recalledNew)));
    const share = sigmoid(add(rowUpdate, update)); // of the old state
    return [add(candidate, multiply(share, subtract(hidden!, candidate)))];
  },
};

/** The plain recurrent network (Elman 1990, https://doi.org/10.1207/s15516709cog1402_1). */
export const tanhCell: RecurrentCell = plainCell(tanh);
/** The same with a rectifier. */
export const reluCell: RecurrentCell = plainCell(relu);

/** The gates one by one: `[batch, count*hidden]` to `[batch, hidden]` each. */
function gatesOf(x: Value, count: number): readonly Value[] {
  return split(x, 1, new Array<number>(count).fill((sizeAt(x, 1) as number) / count));
}

function plainCell(activation: (x: Value) => Value): RecurrentCell {
  return {
    gateCount: 1,
    stateCount: 1,
    mergesBiases: true,
    step: (row, [hidden], weights) => [
      activation(matmul(hidden!, weights.hidden, { transposeB: true, bias: row })),
    ],
  };
}
