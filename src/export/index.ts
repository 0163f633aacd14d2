export { modelCard } from "./model-card.js";
export type * from "./model-card-facts.js";
export * from "./number-text.js";
export * from "./run-files.js";
