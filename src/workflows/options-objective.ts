import { noises, type ObjectiveSettings } from "../tasks/pretraining/objective.js";
import { maskingSpecs } from "./options-decision.js";
import { choice, list, number } from "./options-kinds.js";
import type { RowSpecs } from "./options-row.js";

/** Rows of `ObjectiveSettings`: what an objective reads of them is its own `reads`. */
export const objectiveSpecs: RowSpecs<ObjectiveSettings> = {
  maskRate: { ...maskingSpecs.maskRate, group: "Objective", defaultText: "by the objective" },
  masking: {
    ...maskingSpecs.masking,
    group: "Objective",
    help: "what is hidden together: tokens, whole words, spans of words, or phrases found by their mutual information",
    kind: choice(["token", "word", "span", "pmi"]),
  },
  spanLength: {
    group: "Objective",
    help: "the mean length in tokens of what is hidden together in denoising and span corruption",
    kind: number({ above: 0 }),
    defaultText: "3",
  },
  noise: {
    group: "Objective",
    help: "how texts are damaged in denoising, in this order",
    kind: list(choice(noises)),
    defaultText: "by the objective",
  },
  generatorShare: {
    group: "Objective",
    help: "replaced tokens: how wide the layers of a new generator are beside the model's",
    kind: number({ above: 0, to: 1 }),
    defaultText: "0.25",
  },
  detectionWeight: {
    group: "Objective",
    help: "replaced tokens: how much telling them counts beside the generator's guesses",
    kind: number({ from: 0 }),
    defaultText: "50",
  },
  pairWeight: {
    group: "Objective",
    help: "how much the relation of two stretches counts beside the hidden tokens",
    kind: number({ from: 0 }),
    defaultText: "1",
  },
};
