export { type AttentionPart, type AttentionView, attentionHtml } from "./attention-html.js";
export * from "./attention-svg.js";
export * from "./confusion-matrix-svg.js";
export * from "./result-curves-svg.js";
export * from "./result-dots-svg.js";
export * from "./token-comparison-html.js";
export * from "./training-curve-svg.js";
