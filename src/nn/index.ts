export { activation, activations, elu, gelu, geluTanh, mish, relu, silu, softplus } from "./activation.js";
export {
  type Aligned,
  type AlignmentOptions,
  type AlignmentScore,
  alignment,
  alignmentScores,
} from "./alignment.js";
export {
  type Attended,
  type AttendedWithPast,
  type AttendOptions,
  type AttentionOptions,
  type AttentionVectors,
  attend,
  attendWithPast,
  attention,
  causalBias,
  type KeyValue,
  mergeHeads,
  type PastKeyValue,
  paddingBias,
  prefixBias,
  sameText,
  sameTextBias,
  splitHeads,
  tokenPairs,
  visibleBias,
  windowBias,
} from "./attention.js";
export {
  type AttentiveRecurrent,
  type AttentiveRecurrentOptions,
  attentiveRecurrent,
} from "./attentive-recurrent.js";
export { type BucketedBiasOptions, bucketedBias } from "./bucketed-bias.js";
export { type BuildMode, forInference, forTraining } from "./build-mode.js";
export { type ConvolutionOptions, convolution } from "./convolution.js";
export {
  type DisentangledOptions,
  type DisentangledPositions,
  disentangledAttention,
} from "./disentangled-attention.js";
export { dropout, dropoutMask, dropped } from "./dropout.js";
export { embedding, embeddingTable } from "./embedding.js";
export { type FeedForwardOptions, feedForward } from "./feed-forward.js";
export {
  fusedProjections,
  type TokenEmbeddingOptions,
  type TransposedFeedForwardOptions,
  tokenEmbeddings,
  transposedFeedForward,
} from "./gpt-blocks.js";
export {
  type EmbeddedIds,
  type InputEmbeddingsOptions,
  inputEmbeddings,
  wordTable,
} from "./input-embeddings.js";
export { lastPlaces, lastToken } from "./last-token.js";
export { layerNorm, unbiasedLayerNorm } from "./layer-norm.js";
export { linear, transposedLinear, unbiasedLinear } from "./linear.js";
export {
  type ChainNumbers,
  chainLogLikelihood,
  chainOutputs,
  likeliestTags,
  tagProbabilities,
} from "./linear-chain.js";
export {
  type Adapted,
  type AdaptedMatrix,
  adaptedName,
  type LowRankOptions,
  lowRankNames,
  mergeLowRank,
  withLowRank,
} from "./low-rank.js";
export { paddedPositions } from "./padded-positions.js";
export { pool } from "./pooling.js";
export { type ClassifierPooling, type Pooling, poolings } from "./pooling-names.js";
export { type PositionRows, type PositionTable, positionRow, positionRows } from "./position-table.js";
export {
  addAndNorm,
  type PostNormOptions,
  postNormFeedForward,
} from "./post-norm.js";
export {
  type Recurrent,
  type RecurrentOptions,
  type RecurrentState,
  recurrent,
  recurrentCells,
  recurrentNames,
} from "./recurrent.js";
export { gruCell, lstmCell, type RecurrentCell, reluCell, tanhCell } from "./recurrent-cell.js";
export { type RelativeAttentionOptions, type RelativeKeys, relativeAttention } from "./relative-attention.js";
export { distanceRows, relativeDistances, relativeScores, relativeShift } from "./relative-positions.js";
export { rmsNorm } from "./rms-norm.js";
export { type Rotation, rotate, rotation } from "./rotary.js";
export { sinusoidalPositions } from "./sinusoidal-positions.js";
export {
  keyValueOf,
  type TransformerLayerInputs,
  type TransformerLayerOptions,
  type TransformerLayerOutputs,
  transformerLayer,
} from "./transformer-layer.js";
export { type VocabularyHeadOptions, vocabularyHead } from "./vocabulary-head.js";
export { wordScores } from "./word-scores.js";
