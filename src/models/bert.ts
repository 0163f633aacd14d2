// BERT (Devlin et al. 2018, https://arxiv.org/abs/1810.04805): embeddings, a stack of post-norm transformer
// layers, and the heads of the paper. Rows are [batch*sequence, hidden] between attentions.
import { FileError, OptionError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import {
  add,
  type Dimension,
  divideDimensions,
  gather,
  matmul,
  multiplyDimensions,
  parameter,
  reshape,
  sizeAt,
  slice,
  tanh,
  type Value,
} from "../engine/index.js";
import {
  activation,
  attention,
  type BuildMode,
  dropout,
  embedding,
  embeddingTable,
  layerNorm,
  linear,
  paddingBias,
} from "../nn/index.js";
import { configReader } from "./config.js";
import type { Head } from "./head.js";
import type { ModelInputs } from "./inputs.js";
import type { Architecture, ModelOutputs } from "./model.js";
import { nameTable } from "./names.js";

interface BertConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly headCount: number;
  readonly feedForwardSize: number;
  readonly positionCount: number;
  readonly segmentCount: number;
  readonly paddingId: number;
  readonly activation: string;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  readonly classifierDropout: number;
  readonly normEpsilon: number;
  readonly initialDeviation: number;
}

export const bert: Architecture = {
  modelType: "bert",
  classNames: new Map<Head, string>([
    ["none", "BertModel"],
    ["masked-lm", "BertForMaskedLM"],
    ["next-sentence", "BertForNextSentencePrediction"],
    ["pre-training", "BertForPreTraining"],
    ["sequence-classification", "BertForSequenceClassification"],
    ["token-classification", "BertForTokenClassification"],
    ["span-extraction", "BertForQuestionAnswering"],
    ["multiple-choice", "BertForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "bert.",
    modules: [
      ["embeddings.word", "embeddings.word_embeddings"],
      ["embeddings.position", "embeddings.position_embeddings"],
      ["embeddings.segment", "embeddings.token_type_embeddings"],
      ["embeddings.norm", "embeddings.LayerNorm"],
      ["layers.{n}.attention.query", "encoder.layer.{n}.attention.self.query"],
      ["layers.{n}.attention.key", "encoder.layer.{n}.attention.self.key"],
      ["layers.{n}.attention.value", "encoder.layer.{n}.attention.self.value"],
      ["layers.{n}.attention.output", "encoder.layer.{n}.attention.output.dense"],
      ["layers.{n}.attention.norm", "encoder.layer.{n}.attention.output.LayerNorm"],
      ["layers.{n}.feedForward.inner", "encoder.layer.{n}.intermediate.dense"],
      ["layers.{n}.feedForward.outer", "encoder.layer.{n}.output.dense"],
      ["layers.{n}.feedForward.norm", "encoder.layer.{n}.output.LayerNorm"],
      ["pooler", "pooler.dense"],
    ],
    heads: [
      ["classifier", "classifier"],
      ["spans", "qa_outputs"],
      ["prediction.transform", "cls.predictions.transform.dense"],
      ["prediction.norm", "cls.predictions.transform.LayerNorm"],
      ["prediction", "cls.predictions"],
      ["nextSentence", "cls.seq_relationship"],
    ],
    older: [
      ["LayerNorm.gamma", "LayerNorm.weight"],
      ["LayerNorm.beta", "LayerNorm.bias"],
    ],
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: ({ vocabularySize, dropout: rate }) => ({
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(rate === undefined
      ? {}
      : { hidden_dropout_prob: rate, attention_probs_dropout_prob: rate, classifier_dropout: rate }),
  }),
  readConfig(json, place) {
    const config = readConfig(json, place);
    const { vocabularySize, layerCount, hiddenSize, positionCount } = config;
    return {
      vocabularySize,
      layerCount,
      hiddenSize,
      maxLength: positionCount,
      description: `BERT, ${layerCount} layers x ${hiddenSize}`,
      build: (head, labelCount, inputs, mode) => build(config, head, labelCount, inputs, mode),
    };
  },
};

function readConfig(json: JsonObject, place: string): BertConfig {
  const read = configReader(json, place);
  const hiddenDropout = read.number("hidden_dropout_prob", 0.1);
  const config: BertConfig = {
    vocabularySize: read.integer("vocab_size"),
    hiddenSize: read.integer("hidden_size"),
    layerCount: read.integer("num_hidden_layers"),
    headCount: read.integer("num_attention_heads"),
    feedForwardSize: read.integer("intermediate_size"),
    positionCount: read.integer("max_position_embeddings", 512),
    segmentCount: read.integer("type_vocab_size", 2),
    paddingId: read.number("pad_token_id", 0),
    activation: read.string("hidden_act", "gelu"),
    hiddenDropout,
    attentionDropout: read.number("attention_probs_dropout_prob", 0.1),
    classifierDropout: read.number("classifier_dropout", hiddenDropout),
    normEpsilon: read.number("layer_norm_eps", 1e-12),
    initialDeviation: read.number("initializer_range", 0.02),
  };
  if (config.hiddenSize % config.headCount !== 0)
    throw new FileError(
      place,
      `hidden_size: expected a multiple of num_attention_heads (${config.headCount}), got ${config.hiddenSize}`,
    );
  if (json["position_embedding_type"] !== undefined && json["position_embedding_type"] !== "absolute")
    throw new FileError(
      place,
      `position_embedding_type: expected "absolute", got ${String(json["position_embedding_type"])}`,
    );
  if (json["is_decoder"] === true)
    throw new FileError(place, "is_decoder: BERT as a decoder is not supported", {
      hint: "use an encoder checkpoint",
    });
  return config;
}

function build(
  config: BertConfig,
  head: Head,
  labelCount: number,
  inputs: ModelInputs,
  mode: BuildMode,
): ModelOutputs {
  const [ids, mask, typeIds] =
    head === "multiple-choice" ? flattenChoices(inputs) : [inputs.ids, inputs.mask, inputs.typeIds];
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const { hiddenSize, layerCount } = config;
  const bias = paddingBias(mask);

  let rows = embed(config, ids, typeIds, mode);
  const hiddenStates = [rows];
  const attentions: Value[] = [];
  for (let layer = 0; layer < layerCount; layer++) {
    const result = encoderLayer(config, `layers.${layer}`, rows, rows, bias, batch, mode);
    rows = result.rows;
    hiddenStates.push(rows);
    attentions.push(result.probabilities);
  }
  /** The last hidden state of the first token alone: what nobody reads of the last layer is not computed. */
  const firstRows = (): Value => {
    const before = hiddenStates[layerCount - 1]!;
    const first = firstOf(before, batch, sequence, hiddenSize);
    return encoderLayer(config, `layers.${layerCount - 1}`, first, before, bias, batch, mode).rows;
  };

  const unfold = (x: Value): Value => reshape(x, [batch, sequence, hiddenSize]);
  const lastHidden = unfold(rows);
  const onlyFirst = readsFirstToken.has(head);
  return {
    heads: buildHead(
      config,
      head,
      labelCount,
      inputs,
      rows,
      lastHidden,
      onlyFirst ? firstRows : undefined,
      mode,
    ),
    lastHidden,
    hiddenStates: hiddenStates.map(unfold),
    attentions,
    boundaries: onlyFirst ? hiddenStates.slice(0, -1) : hiddenStates,
  };
}

/** Heads that read nothing of the last layer but the first token. */
const readsFirstToken: ReadonlySet<Head> = new Set([
  "next-sentence",
  "sequence-classification",
  "multiple-choice",
]);

/** The first row of each example: `[batch*sequence, hidden]` to `[batch, hidden]`. */
function firstOf(rows: Value, batch: Dimension, sequence: Dimension, hiddenSize: number): Value {
  return reshape(slice(reshape(rows, [batch, sequence, hiddenSize]), 1, 0, 1), [batch, hiddenSize]);
}

/** Word, position and segment embeddings added up, normalised: `[batch*sequence, hidden]`. */
function embed(config: BertConfig, ids: Value, typeIds: Value, mode: BuildMode): Value {
  const { vocabularySize, positionCount, segmentCount, hiddenSize, initialDeviation } = config;
  const [batch, sequence] = [sizeAt(ids, 0), sizeAt(ids, 1)];
  const wordTable = embeddingTable("embeddings.word", vocabularySize, hiddenSize, initialDeviation);
  const words = embedding(wordTable, ids, config.paddingId);
  const segments = embedding(
    embeddingTable("embeddings.segment", segmentCount, hiddenSize, initialDeviation),
    typeIds,
  );
  const table = embeddingTable("embeddings.position", positionCount, hiddenSize, initialDeviation);
  const positions = slice(table, 0, 0, sequence); // [sequence, hidden]
  const sum = add(add(words, segments), positions);
  const rows = reshape(sum, [multiplyDimensions(batch, sequence), hiddenSize]);
  return dropout(layerNorm(rows, "embeddings.norm", config.normEpsilon), config.hiddenDropout, mode);
}

/** A layer for the rows `x`, which attend to the rows `context`: both `[batch*length, hidden]`, each of a length of its own. */
function encoderLayer(
  config: BertConfig,
  name: string,
  x: Value,
  context: Value,
  bias: Value,
  batch: Dimension,
  mode: BuildMode,
): { rows: Value; probabilities: Value } {
  const {
    hiddenSize,
    headCount,
    feedForwardSize,
    hiddenDropout,
    attentionDropout,
    normEpsilon,
    initialDeviation,
  } = config;
  const project = (input: Value, part: string, size: number): Value =>
    linear(input, `${name}.${part}`, size, initialDeviation);
  const addAndNorm = (input: Value, result: Value, part: string): Value =>
    layerNorm(add(dropout(result, hiddenDropout, mode), input), `${name}.${part}.norm`, normEpsilon);

  const lengthOf = (rows: Value): Dimension => divideDimensions(sizeAt(rows, 0), batch);
  const { output, probabilities } = attention(
    project(x, "attention.query", hiddenSize),
    project(context, "attention.key", hiddenSize),
    project(context, "attention.value", hiddenSize),
    {
      headCount,
      dropoutRate: attentionDropout,
      batch,
      queryLength: lengthOf(x),
      keyLength: lengthOf(context),
      bias,
    },
    mode,
  );
  const attended = addAndNorm(x, project(output, "attention.output", hiddenSize), "attention");
  const inner = activation(config.activation)(project(attended, "feedForward.inner", feedForwardSize));
  return {
    rows: addAndNorm(attended, project(inner, "feedForward.outer", hiddenSize), "feedForward"),
    probabilities,
  };
}

function buildHead(
  config: BertConfig,
  head: Head,
  labelCount: number,
  inputs: ModelInputs,
  rows: Value, // [batch*sequence, hidden]
  lastHidden: Value, // [batch, sequence, hidden]
  firstRows: (() => Value) | undefined, // [batch, hidden], where the head reads nothing else
  mode: BuildMode,
): ReadonlyMap<string, Value> {
  const { initialDeviation: deviation, classifierDropout } = config;
  const [batch, sequence] = [sizeAt(lastHidden, 0), sizeAt(lastHidden, 1)];
  const pooled = (): Value =>
    pooler(config, firstRows?.() ?? firstOf(rows, batch, sequence, config.hiddenSize)); // [batch, hidden]
  const nextSentence = (): Value => linear(pooled(), "nextSentence", 2, deviation);
  switch (head) {
    case "none":
      return new Map([
        ["lastHidden", lastHidden],
        ["pooled", pooled()],
      ]);
    case "masked-lm":
      return new Map([["logits", maskedLm(config, inputs, rows, batch, sequence)]]);
    case "next-sentence":
      return new Map([["logits", nextSentence()]]);
    case "pre-training":
      return new Map([
        ["predictionLogits", maskedLm(config, inputs, rows, batch, sequence)],
        ["relationshipLogits", nextSentence()],
      ]);
    case "sequence-classification":
      return new Map([
        ["logits", linear(dropout(pooled(), classifierDropout, mode), "classifier", labelCount, deviation)],
      ]);
    case "token-classification": {
      const logits = linear(dropout(rows, classifierDropout, mode), "classifier", labelCount, deviation);
      return new Map([["logits", reshape(logits, [batch, sequence, labelCount])]]);
    }
    case "span-extraction": {
      const logits = reshape(linear(rows, "spans", 2, deviation), [batch, sequence, 2]);
      const side = (i: number): Value => reshape(slice(logits, 2, i, i + 1), [batch, sequence]);
      return new Map([
        ["startLogits", side(0)],
        ["endLogits", side(1)],
      ]);
    }
    case "multiple-choice": {
      const scores = linear(dropout(pooled(), classifierDropout, mode), "classifier", 1, deviation);
      return new Map([["logits", reshape(scores, inputs.ids.shape.slice(0, 2))]]); // [examples, choices]
    }
    default:
      throw new OptionError(`BERT has no head ${head}`);
  }
}

/** The first token's last hidden state through a dense layer and tanh: `[batch, hidden]`. */
function pooler({ hiddenSize, initialDeviation }: BertConfig, firstRows: Value): Value {
  return tanh(linear(firstRows, "pooler", hiddenSize, initialDeviation));
}

/** Scores of the vocabulary; the output matrix is the table of word embeddings. */
function maskedLm(
  config: BertConfig,
  inputs: ModelInputs,
  rows: Value,
  batch: Dimension,
  sequence: Dimension,
): Value {
  const { hiddenSize, vocabularySize, initialDeviation, normEpsilon } = config;
  const chosen = inputs.predictedRows === undefined ? rows : gather(rows, inputs.predictedRows);
  const transformed = activation(config.activation)(
    linear(chosen, "prediction.transform", hiddenSize, initialDeviation),
  );
  const normed = layerNorm(transformed, "prediction.norm", normEpsilon);
  const table = embeddingTable("embeddings.word", vocabularySize, hiddenSize, initialDeviation);
  const bias = parameter("prediction.bias", [vocabularySize], { kind: "fill", value: 0 });
  const logits = matmul(normed, table, { transposeB: true, bias });
  return inputs.predictedRows === undefined ? reshape(logits, [batch, sequence, vocabularySize]) : logits;
}

/** `[examples, choices, sequence]` to `[examples*choices, sequence]`. */
function flattenChoices({ ids, mask, typeIds }: ModelInputs): [Value, Value, Value] {
  const shape = [multiplyDimensions(sizeAt(ids, 0), sizeAt(ids, 1)), sizeAt(ids, 2)];
  return [reshape(ids, shape), reshape(mask, shape), reshape(typeIds, shape)];
}
