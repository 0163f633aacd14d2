// Bidirectional recurrent encoders for labels (Graves and Schmidhuber 2005, https://doi.org/10.1016/j.neunet.2005.06.042):
// embeddings, recurrent layers that read a text from both sides, and a layer that decides a class of the text, of each
// token, or where an answer begins and ends.
import { OptionError } from "../base/errors.js";
import { concatenate, multiplyDimensions, reshape, sizeAt, type Value } from "../engine/index.js";
import { type BuildMode, dropout, embedding, recurrent, recurrentNames } from "../nn/index.js";
import { type HeadBuilders, labelHeads } from "./encoder.js";
import type { Head } from "./head.js";
import type { ModelInputs } from "./inputs.js";
import type { Architecture, ModelOutputs } from "./model.js";
import { nameTable } from "./names.js";
import {
  type RecurrentConfig,
  readRecurrentConfig,
  recurrentOverrides,
  wordEmbeddings,
} from "./recurrent-config.js";

export const biLstm: Architecture = {
  modelType: "bi-lstm",
  classNames: new Map<Head, string>([
    ["none", "BiLstmModel"],
    ["sequence-classification", "BiLstmForSequenceClassification"],
    ["token-classification", "BiLstmForTokenClassification"],
    ["span-extraction", "BiLstmForQuestionAnswering"],
  ]),
  names: nameTable({
    prefix: "",
    modules: [["embeddings", "embeddings"], ...recurrentNames("layers", "rnn")],
    heads: [
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
    ],
  }),
  wordEmbeddings: "embeddings.weight",
  overrides: recurrentOverrides,
  readConfig(json, place) {
    const config = readRecurrentConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize, cellName } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize: 2 * hiddenSize,
      maxLength: Infinity,
      description: `bidirectional ${cellName}, ${layerCount} layers x ${hiddenSize} on each side`,
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
  const options = { cell, hiddenSize, layerCount, mask, direction: "both", dropoutRate: rate } as const;
  const { output, layers, states, boundaries } = recurrent(
    dropout(embedded, rate, mode),
    "layers",
    options,
    mode,
  );
  /** What each side has read in the end, the whole text: `[batch, 2*hidden]`. */
  const first = (): Value => concatenate([states.at(-2)![0]!, states.at(-1)![0]!], 1);

  const buildHead = headBuilders(config)[head];
  if (buildHead === undefined) throw new OptionError(`a bidirectional recurrent encoder has no head ${head}`);
  const rows = reshape(output, [multiplyDimensions(batch, sequence), 2 * hiddenSize]);
  const parts = { inputs, labelCount, mode, batch, sequence, rows, lastHidden: output, first };
  return {
    heads: new Map(Object.entries(buildHead(parts))),
    lastHidden: output,
    hiddenStates: [embedded, ...layers],
    attentions: [],
    boundaries,
  };
}

function headBuilders({ dropout: rate, initialDeviation }: RecurrentConfig): HeadBuilders {
  const { "multiple-choice": _, ...labels } = labelHeads({
    classifierDropout: rate,
    spanDropout: rate,
    initialDeviation,
    summary: (first, mode) => dropout(first, rate, mode),
  });
  return {
    none: ({ lastHidden, first }) => ({ lastHidden, pooled: first() }),
    ...labels,
  };
}
