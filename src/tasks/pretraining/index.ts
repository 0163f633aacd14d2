import { bidirectionalLm } from "./bidirectional-lm.js";
import { causalLm } from "./causal-lm.js";
import { denoising } from "./denoising.js";
import { maskedLm } from "./masked-lm.js";
import type { ObjectiveName } from "./names.js";
import { nextSentence } from "./next-sentence.js";
import type { AnyObjective } from "./objective.js";
import { permutationLm } from "./permutation-lm.js";
import { prefixLm } from "./prefix-lm.js";
import { replacedTokens } from "./replaced-tokens.js";
import { sentenceOrder } from "./sentence-order.js";
import { spanBoundary } from "./span-boundary.js";
import { spanCorruption } from "./span-corruption.js";

export { generatorFolder } from "./generator.js";
export { type ObjectiveName, objectiveNames, objectiveSummaries } from "./names.js";
export * from "./objective.js";
export {
  bidirectionalLm,
  causalLm,
  denoising,
  maskedLm,
  nextSentence,
  permutationLm,
  prefixLm,
  replacedTokens,
  sentenceOrder,
  spanBoundary,
  spanCorruption,
};

/** Every objective, by its name. */
export const objectives: Readonly<Record<ObjectiveName, AnyObjective>> = {
  "masked-lm": maskedLm,
  "causal-lm": causalLm,
  "next-sentence": nextSentence,
  "sentence-order": sentenceOrder,
  "permutation-lm": permutationLm,
  "span-corruption": spanCorruption,
  denoising,
  "prefix-lm": prefixLm,
  "replaced-tokens": replacedTokens,
  "span-boundary": spanBoundary,
  "bidirectional-lm": bidirectionalLm,
};
