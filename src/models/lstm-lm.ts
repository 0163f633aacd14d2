// Recurrent language models (Mikolov et al. 2010, https://doi.org/10.21437/Interspeech.2010-343; with LSTM Zaremba
// et al. 2014, https://arxiv.org/abs/1409.2329): embeddings, recurrent layers, and an output layer that may be the
// table of embeddings (Press and Wolf 2017, https://arxiv.org/abs/1608.05859). The state may go on from text to text,
// so that training cuts only what flows back (truncated back-propagation through time).
import { OptionError } from "../base/errors.js";
import {
  gather,
  input,
  matmul,
  multiplyDimensions,
  nameOf,
  parameter,
  reshape,
  sizeAt,
  slice,
  subtractDimensions,
  type Value,
} from "../engine/index.js";
import {
  type BuildMode,
  dropout,
  embedding,
  forInference,
  type Recurrent,
  type RecurrentState,
  recurrent,
  recurrentNames,
} from "../nn/index.js";
import type { DecoderStep, StateSlot, StepInputs } from "./decoder.js";
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

export const lstmLm: Architecture = {
  modelType: "lstm-lm",
  classNames: new Map<Head, string>([
    ["none", "LstmModel"],
    ["causal-lm", "LstmForCausalLM"],
  ]),
  names: nameTable({
    prefix: "",
    modules: [["embeddings", "embeddings"], ...recurrentNames("layers", "rnn")],
    heads: [["prediction", "decoder"]],
  }),
  wordEmbeddings: "embeddings.weight",
  overrides: recurrentOverrides,
  readConfig(json, place) {
    const config = readRecurrentConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize, cellName } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: Infinity,
      description: `${cellName} language model, ${layerCount} layers x ${hiddenSize}`,
      build: (head, _labelCount, inputs, mode) => build(config, head, inputs, mode),
      decoder: { step: (inputs) => step(config, inputs) },
      carriesState: json["carries_state"] === true,
    };
  },
};

function build(config: RecurrentConfig, head: Head, inputs: ModelInputs, mode: BuildMode): ModelOutputs {
  const { ids, predictedRows } = inputs;
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const start = inputs.carriesState ? stateInputs(config) : undefined;
  const embedded = embedding(wordEmbeddings(config), ids, config.paddingId);
  // The mask is not read: padding stands behind a text, where it changes nothing that counts.
  const { output, layers, states, boundaries } = run(config, embedded, undefined, start, mode);

  const logits = (): Value => {
    const rows = reshape(output, [multiplyDimensions(batch, sequence), config.hiddenSize]);
    if (predictedRows !== undefined) return predict(config, gather(rows, predictedRows), mode);
    return reshape(predict(config, rows, mode), [batch, sequence, config.vocabularySize]);
  };
  const heads: Partial<Record<Head, () => readonly [string, Value]>> = {
    none: () => ["lastHidden", output],
    "causal-lm": () => ["logits", logits()],
  };
  const built = heads[head];
  if (built === undefined) throw new OptionError(`a recurrent language model has no head ${head}`);
  return {
    heads: new Map([built()]),
    lastHidden: output,
    hiddenStates: [embedded, ...layers],
    attentions: [],
    ...(start === undefined ? {} : { state: stateSlots(start, states) }),
    boundaries,
  };
}

function run(
  config: RecurrentConfig,
  embedded: Value, // [batch, sequence, embedding]
  mask: Value | undefined,
  initial: readonly RecurrentState[] | undefined,
  mode: BuildMode,
): Recurrent {
  const { hiddenSize, layerCount, cell, dropout: rate } = config;
  const options = {
    ...{ cell, hiddenSize, layerCount, dropoutRate: rate },
    ...(mask === undefined ? {} : { mask }),
    ...(initial === undefined ? {} : { initial }),
  };
  return recurrent(dropout(embedded, rate, mode), "layers", options, mode);
}

/** Scores of the vocabulary: rows `[rows, hidden]` to `[rows, vocabulary]`. */
function predict(config: RecurrentConfig, rows: Value, mode: BuildMode): Value {
  const bias = parameter("prediction.bias", [config.vocabularySize], { kind: "fill", value: 0 });
  return matmul(dropout(rows, config.dropout, mode), outputMatrix(config), { transposeB: true, bias });
}

/** One step of writing. Tokens that the mask hides leave the state as it is. */
function step(config: RecurrentConfig, { ids, mask }: StepInputs): DecoderStep {
  const total = sizeAt(mask, 1);
  const newMask = slice(mask, 1, subtractDimensions(total, sizeAt(ids, 1)), total);
  const start = stateInputs(config);
  const mode = forInference();
  const embedded = embedding(wordEmbeddings(config), ids);
  const { states } = run(config, embedded, newMask, start, mode);
  return { logits: predict(config, states.at(-1)![0]!, mode), state: stateSlots(start, states) };
}

function stateInputs({ cell, hiddenSize, layerCount }: RecurrentConfig): RecurrentState[] {
  const parts = ["hidden", "cell"].slice(0, cell.stateCount);
  return Array.from({ length: layerCount }, (_, layer) =>
    parts.map((part) => input(`layers.${layer}.${part}`, ["batch", hiddenSize])),
  );
}

function stateSlots(start: readonly RecurrentState[], end: readonly RecurrentState[]): StateSlot[] {
  return start.flatMap((state, layer) =>
    state.map((value, i) => ({
      name: nameOf(value),
      kind: "carried" as const,
      input: value,
      output: end[layer]![i]!,
    })),
  );
}
