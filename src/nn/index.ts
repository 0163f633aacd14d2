export { activation, activations, gelu, geluTanh, relu, silu } from "./activation.js";
export {
  type Attended,
  type AttendOptions,
  type AttentionOptions,
  attend,
  attention,
  causalBias,
  mergeHeads,
  paddingBias,
  splitHeads,
} from "./attention.js";
export { type BuildMode, forInference, forTraining } from "./build-mode.js";
export { dropout } from "./dropout.js";
export { embedding, embeddingTable } from "./embedding.js";
export { layerNorm } from "./layer-norm.js";
export { linear } from "./linear.js";
export { rmsNorm } from "./rms-norm.js";
export { type Rotation, rotate, rotation } from "./rotary.js";
