import {
  type Dimension,
  matmul,
  multiplyDimensions,
  reshape,
  scan,
  sizeAt,
  slice,
  transpose,
  type Value,
  where,
} from "../engine/index.js";
import { type Aligned, type AlignmentOptions, alignment } from "./alignment.js";
import type { BuildMode } from "./build-mode.js";
import { dropoutMask, dropped } from "./dropout.js";
import { keptSteps, type RecurrentOptions, type RecurrentState, sideWeights } from "./recurrent.js";

export interface AttentiveRecurrentOptions
  extends Pick<RecurrentOptions, "cell" | "hiddenSize" | "layerCount" | "dropoutRate" | "mask"> {
  readonly initial: readonly RecurrentState[];
  readonly alignment: AlignmentOptions;
}

/** What comes out: the last layer's states, what was seen before each, and the states after the last step. */
export interface AttentiveRecurrent extends Aligned {
  readonly output: Value; // [batch, sequence, hidden]
  readonly states: readonly RecurrentState[];
}

/**
 * Recurrent layers that look at keys before each step (Bahdanau et al. 2014, https://arxiv.org/abs/1409.0473): the last
 * layer's state asks, and what it sees goes into the first layer beside the input `[batch, sequence, in]`. Parameters
 * are those of `recurrent` in one direction, the first layer's input being as wide as both, and those of `alignment`
 * under `<name>.alignment`.
 */
export function attentiveRecurrent(
  x: Value,
  keys: Value, // [batch, key, keySize]
  name: string,
  options: AttentiveRecurrentOptions,
  mode: BuildMode,
): AttentiveRecurrent {
  const { cell, hiddenSize, layerCount, initial, mask, dropoutRate = 0 } = options;
  const [batch, sequence, inSize] = x.shape as [Dimension, Dimension, number];
  const keySize = sizeAt(keys, -1) as number;
  const layers = Array.from({ length: layerCount }, (_, layer) =>
    sideWeights(`${name}.${layer}.forward`, layer === 0 ? inSize + keySize : hiddenSize, options),
  );
  const biased = (bias: Value | undefined): { bias?: Value } => (bias === undefined ? {} : { bias });

  // the first layer's part of the input is known before the loop
  const [first] = layers;
  const flat = reshape(transpose(x, [1, 0, 2]), [multiplyDimensions(sequence, batch), inSize]);
  const fromInput = matmul(flat, slice(first!.input, 1, 0, inSize), {
    transposeB: true,
    ...biased(first!.inputBias),
  });
  const rows = reshape(fromInput, [sequence, batch, cell.gateCount * hiddenSize]);
  const fromContext = slice(first!.input, 1, inSize, inSize + keySize);
  const shape = [sequence, batch, hiddenSize];
  const masks = layers.slice(1).flatMap(() => dropoutMask(shape, dropoutRate, mode) ?? []);
  const kept = mask === undefined ? [] : [keptSteps(mask).chosen];

  const { states, outputs } = scan(initial.flat(), [rows, ...masks, ...kept], (before, [row, ...others]) => {
    const statesOf = (layer: number): readonly Value[] =>
      before.slice(layer * cell.stateCount, (layer + 1) * cell.stateCount);
    const query = reshape(statesOf(layerCount - 1)[0]!, [batch, 1, hiddenSize]);
    const seen = alignment(query, keys, `${name}.alignment`, options.alignment);
    const context = reshape(seen.context, [batch, keySize]);
    const after: Value[] = [];
    let input = matmul(context, fromContext, { transposeB: true, bias: row! });
    for (const [layer, { weights }] of layers.entries()) {
      const next = cell.step(input, statesOf(layer), weights);
      after.push(...next);
      const above = layers[layer + 1];
      if (above === undefined) break;
      const shown = masks.length === 0 ? next[0]! : dropped(next[0]!, others[layer]!, dropoutRate);
      input = matmul(shown, above.input, { transposeB: true, ...biased(above.inputBias) });
    }
    const isToken = kept.length === 0 ? undefined : others.at(-1)!;
    const held = isToken === undefined ? after : after.map((state, i) => where(isToken, state, before[i]!));
    const top = held[(layerCount - 1) * cell.stateCount]!;
    const weights = reshape(seen.weights, [batch, sizeAt(keys, 1)]);
    return { states: held, outputs: [top, context, weights] };
  });
  const [output, context, weights] = outputs.map((value) => transpose(value, [1, 0, 2]));
  return {
    ...{ output: output!, context: context!, weights: weights! },
    states: layers.map((_, layer) => states.slice(layer * cell.stateCount, (layer + 1) * cell.stateCount)),
  };
}
