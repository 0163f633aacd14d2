import { FileError, float32, int64, type JsonObject, type Tensor, toNumbers } from "../base/index.js";
import { add, input, mean, multiply, reshape, shapeSize, type Value } from "../engine/index.js";
import type { Head, ModelOutputs } from "../models/index.js";
import { binaryLoss, labelLoss, squaredErrorLoss } from "../objectives/losses.js";
import { tagChainFeeds, tagChainLoss } from "../objectives/tag-chain.js";

/** The loss that Python's transformers computes for a head, and the feeds of its label inputs. */
export interface GoldenLoss {
  readonly loss: Value;
  readonly feeds: ReadonlyMap<string, Tensor>;
}

/** Labels of this value do not count. */
const ignored = -100;

/** The loss of a golden case from the labels stored with it; `golden` gives its inputs by their Python names. */
export function goldenLoss(
  head: Head,
  config: JsonObject,
  outputs: ModelOutputs,
  golden: ReadonlyMap<string, Tensor>,
  place: string,
): GoldenLoss {
  const feeds = new Map<string, Tensor>();
  const take = (name: string): Tensor => {
    const tensor = golden.get(name);
    if (tensor === undefined)
      throw new FileError(place, `expected an input ${name}, got ${[...golden.keys()].join(", ")}`);
    return tensor;
  };
  const squares = (): Value => {
    const { heads } = outputs;
    const one = heads.get("logits") ?? heads.get("lastHidden") ?? heads.get("pooled");
    return (one === undefined ? [...heads.values()] : [one]).map(meanOfSquares).reduce(add);
  };
  /** Mean cross-entropy over the labels that count: `logits` [..., classes] against an input named `name`. */
  const meanLabelLoss = (
    output: string,
    name: string,
    {
      share = 1,
      isIgnored = (label: number): boolean => label === ignored,
      labels: given,
    }: { share?: number; isIgnored?: (label: number) => boolean; labels?: readonly number[] } = {},
  ): Value => {
    const logits = outputs.heads.get(output)!;
    const { shape, dtype, data } = take(name);
    const labels = given ?? toNumbers(dtype, data);
    if (dtype !== "int64")
      throw new FileError(place, `${name}: expected class ids (int64) for this head, got ${dtype}`, {
        hint: "problem_type in config.json and the golden values are not of one model",
      });
    const count = labels.filter((label) => !isIgnored(label)).length;
    const symbols = logits.shape.slice(0, -1);
    const fed = `${name} of ${output}`;
    feeds.set(
      fed,
      int64(
        shape,
        labels.map((label) => (isIgnored(label) ? 0 : label)),
      ),
    );
    feeds.set(
      `${fed}:weights`,
      float32(
        shape,
        Float32Array.from(labels, (label) => (isIgnored(label) ? 0 : share / count)),
      ),
    );
    return labelLoss(logits, input(fed, symbols, "int64"), input(`${fed}:weights`, symbols));
  };
  const meanOver = (loss: (logits: Value, targets: Value, weights: Value) => Value): Value => {
    const logits = outputs.heads.get("logits")!;
    const targets = take("labels");
    const shape = [targets.shape[0]!, targets.data.length / targets.shape[0]!];
    feeds.set("labels", float32(shape, toNumbers(targets.dtype, targets.data)));
    feeds.set(
      "labels:weights",
      float32(shape, new Float32Array(targets.data.length).fill(1 / targets.data.length)),
    );
    return loss(logits, input("labels", logits.shape), input("labels:weights", logits.shape));
  };
  /** The label so many places after each one, ignored where there is none. */
  const neighbours = (distance: number): readonly number[] => {
    const { shape, dtype, data } = take("labels");
    const length = shape.at(-1)!;
    const labels = [...toNumbers(dtype, data)];
    return labels.map((_, i) => {
      const place = (i % length) + distance;
      return place < 0 || place >= length ? ignored : labels[i + distance]!;
    });
  };
  /** Where labels are shifted by one against the logits: what follows each token. */
  const nextTokenLoss = (): Value => {
    return meanLabelLoss("logits", "labels", { labels: neighbours(1) });
  };
  /** What follows each token by one side of the model, what stands before it by the other; the mean of both. */
  const neighbouringTokensLoss = (): Value => {
    const { dtype, data } = take("labels");
    const own = toNumbers(dtype, data);
    const before = neighbours(-1).map((label, i) => (own[i] === ignored ? ignored : label)); // padding guesses nothing
    return add(
      meanLabelLoss("forwardLogits", "labels", { labels: neighbours(1), share: 0.5 }),
      meanLabelLoss("backwardLogits", "labels", { labels: before, share: 0.5 }),
    );
  };
  /** Whether each token was replaced, over the tokens that are no padding. */
  const replacedTokensLoss = (): Value => {
    const [labels, mask] = [take("labels"), take("attention_mask")];
    const weights = toNumbers(mask.dtype, mask.data);
    const count = weights.reduce((a, b) => a + b, 0);
    feeds.set("labels", float32(labels.shape, toNumbers(labels.dtype, labels.data)));
    feeds.set(
      "labels:weights",
      float32(
        labels.shape,
        weights.map((weight) => weight / count),
      ),
    );
    const { shape } = outputs.heads.get("logits")!;
    return binaryLoss(outputs.heads.get("logits")!, input("labels", shape), input("labels:weights", shape));
  };
  /** Of the tags as a whole: over the places that have one, divided by their number. */
  const chainLoss = (): Value => {
    const { shape, dtype, data } = take("labels");
    const [rowCount, length] = shape as [number, number];
    const labels = toNumbers(dtype, data);
    const texts = Array.from({ length: rowCount }, (_, row) => {
      const own = labels.subarray(row * length, (row + 1) * length);
      const places = Array.from(own.keys()).filter((place) => own[place] !== ignored);
      return { places, tags: places.map((place) => own[place]!) };
    });
    const count = texts.reduce((sum, { tags }) => sum + tags.length, 0);
    for (const [name, tensor] of tagChainFeeds(texts, length, count)) feeds.set(name, tensor);
    return tagChainLoss(outputs);
  };
  const build: Record<Head, () => Value> = {
    none: squares,
    embedding: squares,
    "masked-lm": () => meanLabelLoss("logits", "labels"),
    "next-sentence": () => meanLabelLoss("logits", "labels"),
    "pre-training": () =>
      add(
        meanLabelLoss("predictionLogits", "labels"),
        meanLabelLoss(
          "relationshipLogits",
          golden.has("sentence_order_label") ? "sentence_order_label" : "next_sentence_label",
        ),
      ),
    "replaced-tokens": replacedTokensLoss,
    "causal-lm": nextTokenLoss,
    "bidirectional-lm": neighbouringTokensLoss,
    "permutation-lm": () => meanLabelLoss("logits", "labels"),
    "sequence-to-sequence": () => meanLabelLoss("logits", "labels"),
    "sequence-classification": () => {
      if (config["problem_type"] === "regression") return meanOver(squaredErrorLoss);
      if (config["problem_type"] === "multi_label_classification") return meanOver(binaryLoss);
      return meanLabelLoss("logits", "labels");
    },
    "token-classification": () =>
      config["crf"] === undefined ? meanLabelLoss("logits", "labels") : chainLoss(),
    "span-extraction": () => {
      const length = take("input_ids").shape[1]!;
      const outside = (position: number): boolean => position < 0 || position >= length;
      return add(
        meanLabelLoss("startLogits", "start_positions", { share: 0.5, isIgnored: outside }),
        meanLabelLoss("endLogits", "end_positions", { share: 0.5, isIgnored: outside }),
      );
    },
    "multiple-choice": () => meanLabelLoss("logits", "labels"),
  };
  const isLabelled = ["labels", "start_positions"].some((name) => golden.has(name));
  return { loss: isLabelled ? build[head]() : squares(), feeds };
}

/** What stands for a loss where a model has none: the mean of the squares of an output (of several, added up). */
function meanOfSquares(x: Value): Value {
  return reshape(mean(reshape(multiply(x, x), [shapeSize(x.shape)])), []);
}
