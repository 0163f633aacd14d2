export * from "./causal-lm.js";
export * from "./losses.js";
export * from "./masked-lm.js";
export * from "./sequence-to-sequence.js";
