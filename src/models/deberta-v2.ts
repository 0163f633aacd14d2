// DeBERTa-v2 and -v3 (He et al. 2021, https://arxiv.org/abs/2111.09543): attention that keeps content and relative
// positions apart, distances in buckets that widen, and in the large models a convolution beside the first layer.
import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { add, divideDimensions, gather, multiply, reshape, sizeAt, type Value } from "../engine/index.js";
import {
  type Attended,
  activation,
  type BuildMode,
  convolution,
  disentangledAttention,
  dropout,
  layerNorm,
  linear,
  splitHeads,
} from "../nn/index.js";
import { configReader } from "./config.js";
import {
  type DebertaConfig,
  debertaAliases,
  debertaHeads,
  debertaModules,
  debertaNetwork,
  debertaOverrides,
  readDebertaConfig,
  type Surroundings,
  tokenColumn,
} from "./deberta-layout.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

interface ConvolutionConfig {
  readonly kernelSize: number;
  readonly groupCount: number;
  readonly activation: string;
}

export const debertaV2: Architecture = {
  modelType: "deberta-v2",
  classNames: new Map<Head, string>([
    ["none", "DebertaV2Model"],
    ["masked-lm", "DebertaV2ForMaskedLM"],
    ["sequence-classification", "DebertaV2ForSequenceClassification"],
    ["token-classification", "DebertaV2ForTokenClassification"],
    ["span-extraction", "DebertaV2ForQuestionAnswering"],
    ["multiple-choice", "DebertaV2ForMultipleChoice"],
  ]),
  names: nameTable({
    prefix: "deberta.",
    modules: [
      ...debertaModules,
      ["embeddings.distance.norm", "encoder.LayerNorm"],
      ["embeddings.convolution", "encoder.conv.conv"],
      ["embeddings.convolution.norm", "encoder.conv.LayerNorm"],
      ["layers.{n}.attention.query", "encoder.layer.{n}.attention.self.query_proj"],
      ["layers.{n}.attention.key", "encoder.layer.{n}.attention.self.key_proj"],
      ["layers.{n}.attention.value", "encoder.layer.{n}.attention.self.value_proj"],
      ["layers.{n}.attention.positionQuery", "encoder.layer.{n}.attention.self.pos_query_proj"],
      ["layers.{n}.attention.positionKey", "encoder.layer.{n}.attention.self.pos_key_proj"],
    ],
    heads: debertaHeads,
    aliases: debertaAliases,
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: debertaOverrides,
  readConfig(json, place) {
    const config = readDebertaConfig(json, place);
    const sharesProjections = configReader(json, place).boolean("share_att_key", false);
    const beside = readConvolution(json, config.hiddenSize, place);
    return debertaNetwork(config, {
      name: "DeBERTa-v2",
      attention: (...asked) => attention(config, sharesProjections, ...asked),
      ...(beside === undefined
        ? {}
        : { afterFirst: (...asked) => besideConvolution(config, beside, ...asked) }),
    });
  },
};

function readConvolution(json: JsonObject, hiddenSize: number, place: string): ConvolutionConfig | undefined {
  const read = configReader(json, place);
  const kernelSize = read.number("conv_kernel_size", 0);
  if (kernelSize === 0) return undefined;
  const groupCount = read.integer("conv_groups", 1);
  if (kernelSize % 2 !== 1)
    throw new FileError(place, `conv_kernel_size: expected an odd number, got ${kernelSize}`);
  if (hiddenSize % groupCount !== 0)
    throw new FileError(
      place,
      `conv_groups: expected a divisor of hidden_size (${hiddenSize}), got ${groupCount}`,
    );
  return { kernelSize, groupCount, activation: read.string("conv_act", "tanh") };
}

/** Positions go through the projections of content, or through their own. */
function attention(
  config: DebertaConfig,
  sharesProjections: boolean,
  x: Value, // [batch*sequence, hidden]
  name: string,
  { batch, visible, positions }: Surroundings,
  mode: BuildMode,
): Attended {
  const { hiddenSize, headCount, contentToPosition, positionToContent } = config;
  const project = (rows: Value, part: string): Value =>
    linear(rows, `${name}.${part}`, hiddenSize, config.initialDeviation);
  const sequence = divideDimensions(sizeAt(x, 0), batch);
  const headsOf = (part: string): Value => splitHeads(project(x, part), batch, sequence, headCount);
  const partCount = 1 + Number(contentToPosition) + Number(positionToContent);
  const table = positions && dropout(positions.table, config.hiddenDropout, mode);
  const positionKey = sharesProjections ? "key" : "positionKey";
  const positionQuery = sharesProjections ? "query" : "positionQuery";
  return disentangledAttention(
    headsOf("query"),
    headsOf("key"),
    headsOf("value"),
    {
      keys: table && contentToPosition ? gather(project(table, positionKey), positions.rows) : undefined,
      queries:
        table && positionToContent
          ? gather(project(table, positionQuery), positions.oppositeRows)
          : undefined,
    },
    {
      visible,
      scale: 1 / Math.sqrt((hiddenSize / headCount) * partCount),
      dropoutRate: config.attentionDropout,
    },
    mode,
  );
}

/** What the first layer gives, with a convolution of the embeddings added: `[batch*sequence, hidden]`. */
function besideConvolution(
  { hiddenSize, hiddenDropout, normEpsilon, initialDeviation }: DebertaConfig,
  { kernelSize, groupCount, activation: name }: ConvolutionConfig,
  rows: Value,
  embedded: Value,
  mask: Value,
  mode: BuildMode,
): Value {
  const isToken = tokenColumn(mask);
  const texts = reshape(embedded, [sizeAt(mask, 0), sizeAt(mask, 1), hiddenSize]);
  const options = { outSize: hiddenSize, kernelSize, groupCount, deviation: initialDeviation };
  const convolved = reshape(convolution(texts, "embeddings.convolution", options), rows.shape);
  const active = activation(name)(dropout(multiply(convolved, isToken), hiddenDropout, mode));
  return multiply(layerNorm(add(rows, active), "embeddings.convolution.norm", normEpsilon), isToken);
}
