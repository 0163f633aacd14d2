import { causalLm } from "./causal-lm.js";
import { maskedLm } from "./masked-lm.js";
import type { ObjectiveName } from "./names.js";
import { nextSentence } from "./next-sentence.js";
import type { AnyObjective } from "./objective.js";
import { sentenceOrder } from "./sentence-order.js";

export { type ObjectiveName, objectiveNames, objectiveSummaries } from "./names.js";
export * from "./objective.js";
export { causalLm, maskedLm, nextSentence, sentenceOrder };

/** Every objective, by its name. */
export const objectives: Readonly<Record<ObjectiveName, AnyObjective>> = {
  "masked-lm": maskedLm,
  "causal-lm": causalLm,
  "next-sentence": nextSentence,
  "sentence-order": sentenceOrder,
};
