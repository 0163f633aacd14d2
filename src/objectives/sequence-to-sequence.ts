// Learning to write a text from another (Sutskever et al. 2014, https://arxiv.org/abs/1409.3215): each token is guessed
// from the source and from the tokens before it, as they should be (teacher forcing).
import { float32, int64, type Tensor } from "../base/index.js";
import { input, type Value } from "../engine/index.js";
import { type ModelInputs, type ModelOutputs, modelInputs } from "../models/index.js";
import { labelLoss, labelLosses, labelTrials } from "./losses.js";

/** Inputs of a model that is to write texts; the head is computed at the tokens of the text alone, not at padding. */
export function sequenceToSequenceInputs(): ModelInputs {
  const predictedRows = input("predictedRows", ["predicted"], "int64");
  return { ...modelInputs("sequence-to-sequence"), predictedRows };
}

/** Mean cross-entropy of the tokens to be written, with label smoothing if asked for. */
export function sequenceToSequenceLoss(outputs: ModelOutputs, smoothing = 0): Value {
  return labelLoss(outputs.heads.get("logits")!, labels(), input("weights", ["predicted"]), smoothing);
}

/** The same of each token by itself, in nats and without smoothing: `[predicted]`. */
export function sequenceToSequenceLosses(outputs: ModelOutputs): Value {
  return labelLosses(outputs.heads.get("logits")!, labels());
}

/** How each token fared, as `labelTrials`. */
export function sequenceToSequenceTrials(outputs: ModelOutputs): ReadonlyMap<"losses" | "rights", Value> {
  return labelTrials(outputs.heads.get("logits")!, labels());
}

const labels = (): Value => input("labels", ["predicted"], "int64");

/** A text to be written: its tokens, and what the decoder reads while it learns them; of one length. */
export interface WrittenTarget {
  readonly labels: ArrayLike<number>;
  readonly read: ArrayLike<number>;
}

/**
 * What the texts of a batch feed to the graph beside their sources. `totalCount` is the number of tokens in all
 * micro-batches of the step, so that the loss is the mean over them.
 */
export function sequenceToSequenceFeeds(
  targets: readonly WrittenTarget[],
  totalCount: number,
): Map<string, Tensor> {
  const length = Math.max(1, ...targets.map((target) => target.labels.length));
  const places = targets.flatMap((target, row) =>
    Array.from({ length: target.labels.length }, (_, i) => row * length + i),
  );
  // a batch without any text has one place that does not count: graphs have no empty arrays
  const count = [Math.max(1, places.length)];
  const shape = [targets.length, length];
  const perPlace = (value: (target: WrittenTarget, i: number) => number): number[] =>
    targets.flatMap((target) => Array.from({ length }, (_, i) => value(target, i)));
  const wanted = targets.flatMap((target) => Array.from(target.labels));
  const padded = (values: readonly number[]): readonly number[] => (values.length === 0 ? [0] : values);
  return new Map<string, Tensor>([
    [
      "decoderIds",
      int64(
        shape,
        perPlace(({ read }, i) => read[i] ?? 0),
      ),
    ],
    [
      "decoderMask",
      int64(
        shape,
        perPlace((target, i) => Number(i < Math.max(1, target.labels.length))),
      ),
    ],
    ["predictedRows", int64(count, padded(places))],
    ["labels", int64(count, padded(wanted))],
    ["weights", float32(count, padded(wanted.map(() => 1 / totalCount)))],
  ]);
}
