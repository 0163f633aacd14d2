export * from "./confusion-matrix-svg.js";
export * from "./training-curve-svg.js";
