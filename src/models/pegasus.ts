// PEGASUS (Zhang et al. 2019, https://arxiv.org/abs/1912.08777): the transformer with norms in front of each part,
// for summaries.
import { type BartForm, bartArchitecture } from "./bart-layout.js";
import type { Architecture } from "./model.js";

const form: BartForm = {
  name: "PEGASUS",
  normFirst: true,
  normsEmbeddings: false,
  positions: "sinusoidal",
  positionOffset: 0,
  hasLogitsBias: true,
};

export const pegasus: Architecture = bartArchitecture({
  modelType: "pegasus",
  form,
  defaults: { paddingId: 0, startId: 0, endId: 1 },
  classNames: [
    ["none", "PegasusModel"],
    ["sequence-to-sequence", "PegasusForConditionalGeneration"],
  ],
});
