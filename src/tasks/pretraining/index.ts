import { causalLm } from "./causal-lm.js";
import { maskedLm } from "./masked-lm.js";
import type { ObjectiveName } from "./names.js";
import type { AnyObjective } from "./objective.js";

export { type ObjectiveName, objectiveNames, objectiveSummaries } from "./names.js";
export * from "./objective.js";
export { causalLm, maskedLm };

/** Every objective, by its name. */
export const objectives: Readonly<Record<ObjectiveName, AnyObjective>> = {
  "masked-lm": maskedLm,
  "causal-lm": causalLm,
};
