import { matmul, parameter, type Value } from "../engine/index.js";
import { activation } from "./activation.js";
import { layerNorm } from "./layer-norm.js";
import { linear } from "./linear.js";

export interface VocabularyHeadOptions {
  readonly activation: string;
  readonly normEpsilon: number;
  readonly initialDeviation: number;
}

/**
 * Scores of all words for rows `[rows, hidden]`: a dense layer, and the table of word embeddings `[vocabulary,
 * embedding]` as output matrix. Parameters `<name>.transform`, `<name>.norm` and `<name>.bias`.
 */
export function vocabularyHead(
  rows: Value,
  name: string,
  table: Value,
  options: VocabularyHeadOptions,
): Value {
  const [vocabularySize, embeddingSize] = table.shape as [number, number];
  const transformed = linear(rows, `${name}.transform`, embeddingSize, options.initialDeviation);
  const normed = layerNorm(activation(options.activation)(transformed), `${name}.norm`, options.normEpsilon);
  const bias = parameter(`${name}.bias`, [vocabularySize], { kind: "fill", value: 0 });
  return matmul(normed, table, { transposeB: true, bias }); // [rows, vocabulary]
}
