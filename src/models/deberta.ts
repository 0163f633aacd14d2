// DeBERTa (He et al. 2020, https://arxiv.org/abs/2006.03654): attention that keeps content and relative positions
// apart. Query, key and value of a head lie side by side in one matrix; biases are the query's and the value's alone.
import { FileError } from "../base/errors.js";
import {
  add,
  divideDimensions,
  gather,
  parameter,
  reshape,
  sizeAt,
  split,
  type Value,
} from "../engine/index.js";
import {
  type Attended,
  type BuildMode,
  disentangledAttention,
  dropout,
  linear,
  splitHeads,
  unbiasedLinear,
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
} from "./deberta-layout.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { nameTable } from "./names.js";

export const deberta: Architecture = {
  modelType: "deberta",
  classNames: new Map<Head, string>([
    ["none", "DebertaModel"],
    ["masked-lm", "DebertaForMaskedLM"],
    ["sequence-classification", "DebertaForSequenceClassification"],
    ["token-classification", "DebertaForTokenClassification"],
    ["span-extraction", "DebertaForQuestionAnswering"],
  ]),
  names: nameTable({
    prefix: "deberta.",
    modules: [
      ...debertaModules,
      ["layers.{n}.attention.input", "encoder.layer.{n}.attention.self.in_proj"],
      ["layers.{n}.attention.query.bias", "encoder.layer.{n}.attention.self.q_bias"],
      ["layers.{n}.attention.value.bias", "encoder.layer.{n}.attention.self.v_bias"],
      ["layers.{n}.attention.positionKey", "encoder.layer.{n}.attention.self.pos_proj"],
      ["layers.{n}.attention.positionQuery", "encoder.layer.{n}.attention.self.pos_q_proj"],
    ],
    heads: debertaHeads,
    aliases: debertaAliases,
  }),
  wordEmbeddings: "embeddings.word.weight",
  overrides: debertaOverrides,
  readConfig(json, place) {
    const config = readDebertaConfig(json, place);
    if (configReader(json, place).boolean("talking_head", false))
      throw new FileError(place, "talking_head: expected false, got true");
    const { distances } = config;
    return debertaNetwork(
      {
        ...config,
        ...(distances && {
          distances: { ...distances, span: distances.maxDistance, bucketCount: undefined },
        }),
      },
      { name: "DeBERTa", attention: (...asked) => attention(config, ...asked) },
    );
  },
};

function attention(
  config: DebertaConfig,
  x: Value, // [batch*sequence, hidden]
  name: string,
  { batch, visible, positions }: Surroundings,
  mode: BuildMode,
): Attended {
  const { hiddenSize, headCount, contentToPosition, positionToContent, initialDeviation } = config;
  const rowCount = sizeAt(x, 0);
  const sequence = divideDimensions(rowCount, batch);
  const headSize = hiddenSize / headCount;
  const input = unbiasedLinear(x, `${name}.input`, 3 * hiddenSize, initialDeviation);
  const byHead = reshape(input, [rowCount, headCount, 3 * headSize]);
  const [query, key, value] = split(byHead, 2, [headSize, headSize, headSize]).map((part) =>
    reshape(part, [rowCount, hiddenSize]),
  );
  const bias = (part: string): Value =>
    parameter(`${name}.${part}.bias`, [hiddenSize], { kind: "fill", value: 0 });
  const headsOf = (rows: Value): Value => splitHeads(rows, batch, sequence, headCount);
  const table = positions && dropout(positions.table, config.hiddenDropout, mode);
  const partCount = 1 + Number(contentToPosition) + Number(positionToContent);
  const positionKeys = (rows: Value): Value =>
    unbiasedLinear(rows, `${name}.positionKey`, hiddenSize, initialDeviation);
  const positionQueries = (rows: Value): Value =>
    linear(rows, `${name}.positionQuery`, hiddenSize, initialDeviation);
  return disentangledAttention(
    headsOf(add(query!, bias("query"))),
    headsOf(key!),
    headsOf(add(value!, bias("value"))),
    {
      keys: table && contentToPosition ? gather(positionKeys(table), positions.rows) : undefined,
      queries:
        table && positionToContent ? gather(positionQueries(table), positions.oppositeRows) : undefined,
    },
    { visible, scale: 1 / Math.sqrt(headSize * partCount), dropoutRate: config.attentionDropout },
    mode,
  );
}
