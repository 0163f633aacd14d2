// The span boundary objective (SpanBERT, Joshi et al. 2019, https://arxiv.org/abs/1907.10529, section 3.2): a token of a
// hidden span is guessed from the two tokens around the span and from its place in it.
import { int64, type Tensor } from "../base/index.js";
import {
  concatenate,
  gather,
  input,
  matmul,
  multiplyDimensions,
  parameter,
  reshape,
  sizeAt,
  type Value,
} from "../engine/index.js";
import { besidePrefix } from "../models/index.js";
import { embeddingTable, gelu, layerNorm, linear } from "../nn/index.js";
import { type GuessedPlaces, guessedFeeds } from "./guessed-tokens.js";
import { labelLoss, labelTrials } from "./losses.js";

/** What the parameters of the head begin with: it is learnt beside a model. */
const prefix = `${besidePrefix}spanBoundary.`;

/** So many tokens of a span are guessed from its boundary, as in SpanBERT's own code. */
const longestSpan = 20;
/** The size of the embeddings of places in a span. */
const placeSize = 200;

/** A hidden token, and the tokens around its span; all are places of the text. */
export interface BoundedToken {
  readonly left: number;
  readonly right: number;
  /** Its place in the span, from 0. */
  readonly offset: number;
  readonly label: number;
}

/**
 * The hidden tokens of a text by their spans: places side by side are of one. What has no token on one side is left out,
 * and so are the tokens of a span after the 20th.
 */
export function boundedTokens({ places, labels }: GuessedPlaces, length: number): BoundedToken[] {
  const tokens: BoundedToken[] = [];
  for (let first = 0; first < places.length; ) {
    let last = first;
    while (places[last + 1] === places[last]! + 1) last++;
    const [left, right] = [places[first]! - 1, places[last]! + 1];
    if (left >= 0 && right < length)
      for (let i = first; i <= Math.min(last, first + longestSpan - 1); i++)
        tokens.push({ left, right, offset: i - first, label: labels[i]! });
    first = last + 1;
  }
  return tokens;
}

/**
 * Scores of all words at hidden tokens, from the last hidden states `[batch, sequence, hidden]` of any encoder and its
 * table of word embeddings `[vocabulary, embedding]`: `[bounded, vocabulary]`. Two dense layers, each with GELU and layer
 * norm, over both boundaries and the embedding of the place in the span.
 */
export function spanBoundaryLogits(lastHidden: Value, table: Value, deviation = 0.02): Value {
  const [batch, sequence, hiddenSize] = lastHidden.shape as [string, string, number];
  const [vocabularySize, embeddingSize] = table.shape as [number, number];
  const rows = reshape(lastHidden, [multiplyDimensions(batch, sequence), hiddenSize]);
  const at = (name: string): Value => input(name, ["bounded"], "int64");
  const places = embeddingTable(`${prefix}place`, longestSpan, placeSize, deviation);
  const around = concatenate(
    [gather(rows, at("leftRows")), gather(rows, at("rightRows")), gather(places, at("spanOffsets"))],
    1,
  );
  const layer = (x: Value, name: string, size: number): Value =>
    layerNorm(gelu(linear(x, prefix + name, size, deviation)), `${prefix}${name}Norm`, 1e-12);
  const inner = layer(around, "inner", sizeAt(rows, 1) as number);
  const outer = layer(inner, "outer", embeddingSize);
  const bias = parameter(`${prefix}bias`, [vocabularySize], { kind: "fill", value: 0 });
  return matmul(outer, table, { transposeB: true, bias });
}

/** Cross-entropy of the hidden tokens by their boundaries, from `spanBoundaryLogits`. */
export function spanBoundaryLoss(logits: Value): Value {
  return labelLoss(logits, labels(), input("boundedWeights", ["bounded"]));
}

/** How each of them fared, as `labelTrials`. */
export function spanBoundaryTrials(logits: Value): ReadonlyMap<"losses" | "rights", Value> {
  return labelTrials(logits, labels());
}

const labels = (): Value => input("boundedLabels", ["bounded"], "int64");

/** What the bounded tokens of a batch of texts, padded to `length`, feed to the graph; `totalCount` are those of the step. */
export function spanBoundaryFeeds(
  texts: readonly (readonly BoundedToken[])[],
  length: number,
  totalCount: number,
): Map<string, Tensor> {
  const column = (name: "left" | "right"): GuessedPlaces[] =>
    texts.map((tokens) => ({
      places: Int32Array.from(tokens, (token) => token[name]),
      labels: Int32Array.from(tokens, ({ label }) => label),
    }));
  const left = guessedFeeds(column("left"), length, totalCount);
  const offsets = texts.flatMap((tokens) => tokens.map(({ offset }) => offset));
  return new Map<string, Tensor>([
    ["leftRows", left.get("predictedRows")!],
    ["rightRows", guessedFeeds(column("right"), length, totalCount).get("predictedRows")!],
    ["spanOffsets", int64([Math.max(1, offsets.length)], offsets.length === 0 ? [0] : offsets)],
    ["boundedLabels", left.get("labels")!],
    ["boundedWeights", left.get("weights")!],
  ]);
}
