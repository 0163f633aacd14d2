// Contextual word vectors from a bidirectional language model (ELMo, Peters et al. 2018,
// https://arxiv.org/abs/1802.05365): one stack of recurrent layers reads a text forwards and predicts the next word,
// another reads it backwards and predicts the word before. A weighted mean of all their layers, learnt for a task,
// stands for each word.
import { FileError, OptionError } from "../base/errors.js";
import {
  add,
  cast,
  concatenate,
  divide,
  matmul,
  multiply,
  multiplyDimensions,
  parameter,
  reshape,
  sizeAt,
  slice,
  softmax,
  sum,
  type Value,
} from "../engine/index.js";
import { type BuildMode, dropout, embedding, recurrent, recurrentNames } from "../nn/index.js";
import { type HeadBuilders, labelHeads } from "./encoder.js";
import type { Head } from "./head.js";
import type { ModelInputs } from "./inputs.js";
import type { Architecture, ModelOutputs } from "./model.js";
import { nameTable } from "./names.js";
import {
  outputMatrix,
  type RecurrentConfig,
  readRecurrentConfig,
  recurrentOverrides,
  wordEmbeddings,
} from "./recurrent-config.js";

export const biLm: Architecture = {
  modelType: "bi-lm",
  classNames: new Map<Head, string>([
    ["none", "BiLmModel"],
    ["bidirectional-lm", "BiLmForPreTraining"],
    ["sequence-classification", "BiLmForSequenceClassification"],
    ["token-classification", "BiLmForTokenClassification"],
    ["span-extraction", "BiLmForQuestionAnswering"],
  ]),
  names: nameTable({
    prefix: "",
    modules: [
      ["embeddings", "embeddings"],
      ...recurrentNames("layers", "rnn"),
      ["mix.weights", "mix.weights"],
      ["mix.scale", "mix.scale"],
    ],
    heads: [
      ["prediction", "decoder"],
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
    ],
  }),
  wordEmbeddings: "embeddings.weight",
  overrides: recurrentOverrides,
  readConfig(json, place) {
    const config = readRecurrentConfig(json, place);
    const { vocabularySize, layerCount, embeddingSize, hiddenSize, cellName } = config;
    if (embeddingSize !== hiddenSize)
      throw new FileError(
        place,
        `embedding_size: expected hidden_size (${hiddenSize}), got ${embeddingSize}`,
        {
          hint: "embeddings are mixed with the layers, so they have one size",
        },
      );
    return {
      vocabularySize,
      layerCount,
      hiddenSize: 2 * hiddenSize,
      maxLength: Infinity,
      description: `bidirectional ${cellName} language model, ${layerCount} layers x ${hiddenSize} on each side`,
      build: (head, labelCount, inputs, mode) => build(config, head, labelCount, inputs, mode),
    };
  },
};

function build(
  config: RecurrentConfig,
  head: Head,
  labelCount: number,
  inputs: ModelInputs,
  mode: BuildMode,
): ModelOutputs {
  const { ids, mask } = inputs;
  const { cell, hiddenSize, layerCount, dropout: rate } = config;
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const embedded = embedding(wordEmbeddings(config), ids, config.paddingId);
  const read = (direction: "forward" | "backward"): readonly Value[] => {
    const options = { cell, hiddenSize, layerCount, mask, direction, dropoutRate: rate };
    return recurrent(dropout(embedded, rate, mode), "layers", options, mode).layers;
  };
  const [forward, backward] = [read("forward"), read("backward")];
  const hiddenStates = [
    concatenate([embedded, embedded], 2),
    ...forward.map((side, layer) => concatenate([side, backward[layer]!], 2)),
  ]; // [batch, sequence, 2*hidden]
  const flat = (x: Value): Value => reshape(x, [multiplyDimensions(batch, sequence), sizeAt(x, 2)]);

  const outputs = (): Record<string, Value> => {
    if (head === "bidirectional-lm") {
      const logits = (hidden: Value): Value =>
        reshape(predict(config, flat(hidden), mode), [batch, sequence, config.vocabularySize]);
      return { forwardLogits: logits(forward.at(-1)!), backwardLogits: logits(backward.at(-1)!) };
    }
    const buildHead = headBuilders(config)[head];
    if (buildHead === undefined) throw new OptionError(`a bidirectional language model has no head ${head}`);
    const lastHidden = mixed(hiddenStates);
    const parts = { inputs, labelCount, mode, batch, sequence, rows: flat(lastHidden), lastHidden };
    return buildHead({ ...parts, first: () => meanOfTokens(lastHidden, mask) });
  };
  return {
    heads: new Map(Object.entries(outputs())),
    lastHidden: mixed(hiddenStates),
    hiddenStates,
    attentions: [],
    boundaries: [],
  };
}

/** `scale * sum of softmax(weights)[layer] * layer`: the vectors that a task reads. */
function mixed(layers: readonly Value[]): Value {
  const weights = softmax(parameter("mix.weights", [layers.length], { kind: "fill", value: 0 }));
  const scale = parameter("mix.scale", [1], { kind: "fill", value: 1 });
  const shares = layers.map((layer, i) => multiply(layer, slice(weights, 0, i, i + 1)));
  return multiply(shares.reduce(add), scale);
}

/** `[batch, sequence, hidden]` to `[batch, hidden]`. */
function meanOfTokens(hidden: Value, mask: Value): Value {
  const [batch, sequence, size] = [sizeAt(hidden, 0), sizeAt(hidden, 1), sizeAt(hidden, 2)];
  const kept = reshape(cast(mask, "float32"), [batch, sequence, 1]);
  return reshape(divide(sum(multiply(hidden, kept), [1]), sum(kept, [1])), [batch, size]);
}

/** Scores of the vocabulary, one output layer for both directions: `[rows, vocabulary]`. */
function predict(config: RecurrentConfig, rows: Value, mode: BuildMode): Value {
  const bias = parameter("prediction.bias", [config.vocabularySize], { kind: "fill", value: 0 });
  return matmul(dropout(rows, config.dropout, mode), outputMatrix(config), { transposeB: true, bias });
}

function headBuilders({ dropout: rate, initialDeviation }: RecurrentConfig): HeadBuilders {
  const { "multiple-choice": _, ...labels } = labelHeads({
    classifierDropout: rate,
    spanDropout: rate,
    initialDeviation,
    summary: (first, mode) => dropout(first, rate, mode),
  });
  return {
    none: ({ lastHidden }) => ({ lastHidden }),
    ...labels,
  };
}
