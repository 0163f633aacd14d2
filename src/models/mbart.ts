// mBART (Liu et al. 2020, https://arxiv.org/abs/2001.08210): BART with norms in front of each part, over many
// languages. A text ends with the token of its language, which the decoder reads first.
import { type BartForm, bartArchitecture } from "./bart-layout.js";
import type { Architecture } from "./model.js";

const form: BartForm = {
  name: "mBART",
  normFirst: true,
  normsEmbeddings: true,
  positions: "learned",
  positionOffset: 2,
  hasLogitsBias: true,
};

export const mbart: Architecture = bartArchitecture({
  modelType: "mbart",
  form,
  defaults: { paddingId: 1, startId: "last", endId: 2 },
  classNames: [
    ["none", "MBartModel"],
    ["sequence-to-sequence", "MBartForConditionalGeneration"],
    ["sequence-classification", "MBartForSequenceClassification"],
    ["span-extraction", "MBartForQuestionAnswering"],
  ],
});
