export { activation, activations, gelu, geluTanh, relu, silu } from "./activation.js";
export { type Attended, type AttentionOptions, attention, paddingBias } from "./attention.js";
export { type BuildMode, forInference, forTraining } from "./build-mode.js";
export { dropout } from "./dropout.js";
export { embedding, embeddingTable } from "./embedding.js";
export { layerNorm } from "./layer-norm.js";
export { linear } from "./linear.js";
