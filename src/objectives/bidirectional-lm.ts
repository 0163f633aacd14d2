// Language modelling from both sides: to guess each token from those before it, and from those after it (Peters et al.
// 2018, https://arxiv.org/abs/1802.05365).
import { float32, int64, type Tensor } from "../base/index.js";
import { add, input, type Value } from "../engine/index.js";
import type { ModelOutputs } from "../models/index.js";
import { labelLoss, labelLosses } from "./losses.js";

/** Where each side's labels stand, seen from the token that it has read last. */
const sides = [
  { output: "forwardLogits", name: "next", distance: 1 },
  { output: "backwardLogits", name: "previous", distance: -1 },
] as const;

/** The mean of both sides' cross-entropies, for a model built with the head `bidirectional-lm`. */
export function bidirectionalLmLoss(outputs: ModelOutputs): Value {
  return sides
    .map(({ output, name }) => {
      const logits = outputs.heads.get(output)!; // [batch, sequence, vocabulary]
      const shape = logits.shape.slice(0, -1);
      return labelLoss(logits, input(`${name}Labels`, shape, "int64"), input(`${name}Weights`, shape));
    })
    .reduce(add);
}

/** The same of each place by itself, in nats: `nextLosses` and `previousLosses`, `[batch*sequence]`. */
export function bidirectionalLmLosses(outputs: ModelOutputs): Map<string, Value> {
  return new Map(
    sides.map(({ output, name }) => {
      const logits = outputs.heads.get(output)!;
      return [
        `${name}Losses`,
        labelLosses(logits, input(`${name}Labels`, logits.shape.slice(0, -1), "int64")),
      ];
    }),
  );
}

/**
 * What a batch of texts feeds to the graph beside ids and mask. `totalCount` is the number of tokens that one side
 * guesses in all micro-batches of the step: all but one of each text.
 */
export function bidirectionalLmFeeds(
  texts: readonly { readonly length: number; readonly [place: number]: number }[],
  length: number,
  totalCount: number,
): Map<string, Tensor> {
  const shape = [texts.length, length];
  const size = texts.length * length;
  return new Map<string, Tensor>(
    sides.flatMap(({ name, distance }) => {
      const [labels, weights] = [new Int32Array(size), new Float32Array(size)];
      texts.forEach((text, row) => {
        for (let i = 0; i < text.length; i++) {
          const label = text[i + distance];
          if (label === undefined) continue;
          labels[row * length + i] = label;
          weights[row * length + i] = 0.5 / totalCount;
        }
      });
      return [
        [`${name}Labels`, int64(shape, labels)],
        [`${name}Weights`, float32(shape, weights)],
      ] as const;
    }),
  );
}
